"""What an NVIDIA GPU does at the moment. A face looks, so that the training need not. Imports no torch.

By NVML, whose module ``pynvml`` comes with the package nvidia-ml-py, the extra ``gpu``. Tested with a stand-in for it,
and not yet tried on a GPU.

Source: https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceQueries.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

GIB = 2**30


@dataclass(frozen=True)
class GpuFigures:
    """What is known of a GPU now; what it does not tell is None.

    Attributes:
        utilisation: per cent of the time in which it computed, over the last second or less.
        memory: bytes in use, by whatever runs there, and bytes in all.
        temperature: °C.
        power: watts.
    """

    utilisation: int | None = None
    memory: tuple[int, int] | None = None
    temperature: int | None = None
    power: float | None = None

    def named(self) -> list[tuple[str, str]]:
        """What is known, each figure with its name."""
        named = [
            ("GPU", None if self.utilisation is None else f"{self.utilisation} %"),
            ("GPU memory", self.memory and f"{self.memory[0] / GIB:.1f} of {self.memory[1] / GIB:.0f} GiB"),
            ("GPU temperature", None if self.temperature is None else f"{self.temperature} °C"),
            ("GPU power", None if self.power is None else f"{self.power:.0f} W"),
        ]
        return [(name, figure) for name, figure in named if figure]


NOTHING = GpuFigures()


class GpuGauge:
    """Reads one GPU's figures. Where there is no GPU, no driver or no module, there are none, and no more is said."""

    def __init__(self) -> None:
        self._uuid = ""
        self._nvml: Any = None
        self._device: Any = None

    def read(self, uuid: str) -> GpuFigures:
        """What is known of a GPU now.

        Args:
            uuid: as in :class:`tutor.lab.events.Started`; empty for none. By it nobody takes another GPU for it, or
                that of another machine whose runs one looks at.
        """
        if uuid != self._uuid:
            self._uuid, self._device = uuid, None
            self._find()
        if self._device is None:
            return NOTHING
        nvml, device = self._nvml, self._device
        utilisation = self._asked(nvml.nvmlDeviceGetUtilizationRates, device)
        memory = self._asked(nvml.nvmlDeviceGetMemoryInfo, device)
        milliwatts = self._asked(nvml.nvmlDeviceGetPowerUsage, device)
        return GpuFigures(
            utilisation=utilisation and utilisation.gpu,
            memory=memory and (memory.used, memory.total),
            temperature=self._asked(nvml.nvmlDeviceGetTemperature, device, nvml.NVML_TEMPERATURE_GPU),
            power=None if milliwatts is None else milliwatts / 1000,
        )

    def _find(self) -> None:
        if not self._uuid:
            return
        try:
            import pynvml
        except ImportError:
            return
        self._nvml = pynvml
        try:
            pynvml.nvmlInit()
            self._device = pynvml.nvmlDeviceGetHandleByUUID(self._uuid)
        except pynvml.NVMLError:
            pass  # no driver, or the GPU is another machine's

    def _asked(self, question: Callable[..., Any], *about: Any) -> Any:
        try:
            return question(*about)
        except self._nvml.NVMLError:
            return None  # not every GPU tells everything
