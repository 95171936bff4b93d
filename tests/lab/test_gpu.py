"""A GPU's figures, from a stand-in for NVIDIA's module."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from rich.console import Console

from tutor.lab import events
from tutor.lab.follow import line_of, progress_view
from tutor.lab.gpu import NOTHING, GpuFigures, GpuGauge
from tutor.lab.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

UUID = "GPU-1b4d2c9e-0000-1111-2222-333344445555"


class NVMLError(Exception):
    pass


def stand_in(**instead: Callable[..., Any]) -> Any:
    """A module ``pynvml`` with one GPU."""

    def handle(uuid: str) -> str:
        if uuid != UUID:
            raise NVMLError("Not Found")
        return "the GPU"

    def about_the_gpu(answer: Any) -> Callable[..., Any]:
        def answered(device: str, *_: object) -> Any:
            assert device == "the GPU"
            return answer

        return answered

    functions: dict[str, Any] = {
        "nvmlInit": lambda: None,
        "nvmlDeviceGetHandleByUUID": handle,
        "nvmlDeviceGetUtilizationRates": about_the_gpu(SimpleNamespace(gpu=87, memory=20)),
        "nvmlDeviceGetMemoryInfo": about_the_gpu(SimpleNamespace(used=3 * 2**29, total=139 * 2**30)),
        "nvmlDeviceGetTemperature": about_the_gpu(61),
        "nvmlDeviceGetPowerUsage": about_the_gpu(240_400),
        "NVML_TEMPERATURE_GPU": 0,
        "NVMLError": NVMLError,
    }
    return SimpleNamespace(**functions | instead)


def refuses(*_: object) -> Any:
    raise NVMLError("Not Supported")


def test_all_that_a_gpu_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", stand_in())
    figures = GpuGauge().read(UUID)
    assert figures == GpuFigures(87, (3 * 2**29, 139 * 2**30), 61, 240.4)
    assert figures.named() == [
        ("GPU", "87 %"),
        ("GPU memory", "1.5 of 139 GiB"),
        ("GPU temperature", "61 °C"),
        ("GPU power", "240 W"),
    ]


def test_what_a_gpu_does_not_tell_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        sys.modules, "pynvml", stand_in(nvmlDeviceGetPowerUsage=refuses, nvmlDeviceGetMemoryInfo=refuses)
    )
    assert [name for name, _ in GpuGauge().read(UUID).named()] == ["GPU", "GPU temperature"]


def test_one_that_is_idle_and_cold_tells_so(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = stand_in(
        nvmlDeviceGetUtilizationRates=lambda *_: SimpleNamespace(gpu=0),
        nvmlDeviceGetTemperature=lambda *_: 0,
        nvmlDeviceGetPowerUsage=lambda *_: 0,
    )
    monkeypatch.setitem(sys.modules, "pynvml", idle)
    assert [figure for _, figure in GpuGauge().read(UUID).named()] == ["0 %", "1.5 of 139 GiB", "0 °C", "0 W"]


def test_where_there_is_no_gpu_there_are_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert GpuGauge().read(UUID) == NOTHING, "without the module"
    monkeypatch.setitem(sys.modules, "pynvml", stand_in(nvmlInit=refuses))
    assert GpuGauge().read(UUID) == NOTHING, "without a driver"
    monkeypatch.setitem(sys.modules, "pynvml", stand_in())
    assert GpuGauge().read("") == NOTHING, "for a training on the CPU"
    gauge = GpuGauge()
    assert gauge.read(UUID) != NOTHING
    assert gauge.read("GPU-of-another-machine") == NOTHING
    assert gauge.read(UUID) != NOTHING


def test_a_plain_terminal_shows_them_while_it_trains() -> None:
    state = RunState()
    started = events.Started(
        *("bn", ("base",), {"base": 1000}, "cuda", "NVIDIA H200", "MNIST", 6400, 640, 64, 1, 100, 0), gpu=UUID
    )
    tested = events.Tested("base", 10, 0.1, 97.5)
    state.add(started)
    assert state.gpu == UUID
    state.add(events.Steps("base", 1, (0.5,) * 10, 5123.0, 62.0))
    state.add(tested)
    figures = GpuFigures(utilisation=87, power=240.4)
    console = Console(width=100)
    with console.capture() as shown:
        console.print(progress_view(state, figures))
    assert "GPU 87 % · GPU power 240 W" in shown.get()
    assert line_of(tested, state, figures).endswith("1:02 left · GPU 87 % · GPU power 240 W")
    state.add(events.Ended("finished", 3.0))
    assert state.gpu == "", "what it does now has nothing to do with a training that has ended"
