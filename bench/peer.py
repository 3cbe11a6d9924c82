"""The peer's environment: `stylegan2-pytorch` as it is on PyPI, beside our PyTorch, in a folder of its own."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".cache" / "bench-peer"
PACKAGE = "stylegan2-pytorch==1.9.0"
# What its training calls. torchvision, fire and aim it only imports; `peer_worker` gives them a name.
NEEDED = ("kornia==0.9.0", "kornia_rs==0.2.0", "einops==0.8.2", "tqdm==4.70.1", "vector-quantize-pytorch==0.1.0")


def environment() -> Path:
    """The peer's Python, made ready once.

    Raises: subprocess.CalledProcessError, if pip finds no packages.
    """
    python = FOLDER / "bin" / "python"
    stamp, wanted = FOLDER / "installed", "\n".join([PACKAGE, *NEEDED])
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(FOLDER, clear=True, with_pip=False)
        install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
        subprocess.run([*install, PACKAGE, *NEEDED], check=True)
        stamp.write_text(wanted)
    # One PyTorch for both sides: ours, with NumPy and Pillow, through a path file.
    ours, (theirs,) = sysconfig.get_path("purelib"), FOLDER.glob("lib/python*/site-packages")
    (theirs / "torch_of_reverie.pth").write_text(ours + "\n")
    return python
