"""``python -I -m tutor.doctor.torch_probe``: what torch and torchvision say of themselves, as one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def main() -> None:
    """Ask, and print."""
    # What a library prints while it is imported must not get among the JSON.
    out, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps(_asked()), file=out)


def _asked() -> dict[str, Any]:
    began = time.perf_counter()
    try:
        import torch
    except Exception as error:
        return {"torch": None, "why": f"{type(error).__name__}: {' '.join(str(error).split())}"}
    found: dict[str, Any] = {
        "torch": torch.__version__,
        "import_s": round(time.perf_counter() - began, 2),
        "cuda": torch.version.cuda,
    }
    return found | _gpus() | _torchvision() | _data()


def _gpus() -> dict[str, Any]:
    import torch

    try:
        names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    except Exception as error:  # a driver that does not fit may raise anything
        return {"gpus": [], "gpus_why": f"{type(error).__name__}: {error}", "mps": False}
    return {"gpus": names, "mps": torch.backends.mps.is_available()}


def _torchvision() -> dict[str, Any]:
    from tutor.errors import TutorError
    from tutor.lab.torchvision_pair import import_torchvision

    try:
        return {"torchvision": import_torchvision().__version__}
    except TutorError as error:
        return {"torchvision": None, "torchvision_why": error.message, "torchvision_remedy": error.remedy}


def _data() -> dict[str, Any]:
    from tutor.lab.datasets import MNIST

    folder = MNIST.cache_folder()
    return {"mnist": str(folder), "mnist_missing": len(MNIST.missing(folder)), "mnist_files": len(MNIST.files)}


if __name__ == "__main__":
    main()
