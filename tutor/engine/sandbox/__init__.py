"""What keeps a submission in, on Linux without root and without a container. No torch here, and only ctypes.

    process      dies with its parent, gains no rights, has no capabilities, and nobody reads its memory
    limits       address space, CPU time, file size, open files, processes
    namespaces   no network; shared memory of its own; its folder is one in memory
    landlock     reads Python, torch and libraries; writes to its private folder alone
    seccomp      only the system calls that computing needs

Each layer holds without the others. What a machine has is found out once, by trying; what it has is then put on every
worker, or that worker never runs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tutor.engine.sandbox import landlock, namespaces, process, seccomp
from tutor.engine.sandbox.probe import LAYERS, probe_layers
from tutor.engine.sandbox.readable import WRITABLE, readable

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.engine.sandbox.limits import Limits

__all__ = ["LAYERS", "Sandbox", "SandboxBroken", "probe_layers"]


class SandboxBroken(Exception):
    """A layer that this machine has could not be put on; the message says which and why."""


class Sandbox:
    """The layers of this machine, found out and prepared once by the process that forks workers.

    Attributes:
        layers: every layer, and whether it is on.
    """

    def __init__(self) -> None:
        self._parent = os.getpid()
        self.layers = probe_layers()
        self._on = {layer.name for layer in self.layers if layer.on}
        self._rules = landlock.Rules(readable(), WRITABLE) if "landlock" in self._on else None

    def prepare(self) -> int | None:
        """Prepare what the next worker needs, before it is forked.

        Returns:
            A descriptor to be handed to :meth:`enter`; None where there is nothing to prepare.

        Raises:
            OSError: the kernel refuses.
        """
        return self._rules.ruleset() if self._rules else None

    def enter(self, allowed: Limits, folder: Path, prepared: int | None) -> None:
        """Put every layer on the calling process, a child with one thread only, for good.

        Args:
            allowed: what it may use.
            folder: the only one that it may write to; it is in it afterwards.
            prepared: what :meth:`prepare` has returned for it.

        Raises:
            SandboxBroken: a layer that is on elsewhere cannot be put on here.
        """
        # Not at the top: there is no such module on Windows, where the layers can still be asked for.
        from tutor.engine.sandbox import limits

        layer = "process"
        try:
            if "process" in self._on:
                process.die_with_parent(self._parent)
                process.refuse_new_rights()
            layer = "limits"
            limits.apply(allowed)
            if "namespaces" in self._on:
                layer = "namespaces"
                if namespaces.enter(folder):
                    limits.limit_processes(allowed)
            os.chdir(folder)
            if "process" in self._on:
                layer = "process"
                # Only now: a process that hides its memory cannot name its user in a user namespace.
                process.hide_memory()
                process.drop_capabilities()
            if self._rules is not None and prepared is not None:
                layer = "landlock"
                self._rules.add_folder(prepared, folder)
                landlock.restrict(prepared)
                os.close(prepared)
            if "seccomp" in self._on:
                layer = "seccomp"
                seccomp.install(seccomp.program(os.getpid()))
        except OSError as error:
            raise SandboxBroken(f"the layer {layer} cannot be put on: {error.strerror or error}") from None
