"""Model files that mean harm or are none, each with words that its answer has to hold."""

import io
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import safetensors.numpy

GOLDEN = Path(__file__).parents[1] / "golden"
RUN = "wants to run"
Made = Callable[[], bytes]


def text(value: str) -> bytes:
    """The instruction that puts a text on the stack."""
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def named(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def calling(module: str, name: str, argument: str = "touch ran") -> bytes:
    """The classic: a function and its argument, called when the file is loaded."""
    return b"\x80\x03" + named(module, name) + text(argument) + b"\x85R."


def wrapped(inner: bytes) -> bytes:
    """A dict as NVIDIA's files are, with something else for its generator."""
    return b"\x80\x03}(" + text("G_ema") + inner + text("D") + b"Nu."


def of_storage(size: tuple[int, ...], stride: tuple[int, ...], *, count: int = 4, offset: int = 0) -> bytes:
    """A tensor of a checkpoint in a zip, whatever it says about its size."""
    storage = b"(" + text("storage") + named("torch", "FloatStorage") + text("0") + text("cpu") + number(count) + b"tQ"
    shape = b"(" + b"".join(map(number, size)) + b"t"
    steps = b"(" + b"".join(map(number, stride)) + b"t"
    tensor = named("torch._utils", "_rebuild_tensor_v2") + b"(" + storage + number(offset) + shape + steps + b"\x89}tR"
    state = b"}" + text("conv1.conv.modulation.weight") + tensor + b"s"
    return b"\x80\x02}" + text("g_ema") + state + b"s."


def number(value: int) -> bytes:
    raw = value.to_bytes(16, "little", signed=True)
    return b"\x8a\x10" + raw


def pickle_of(value: object) -> bytes:
    return pickle.dumps(value, protocol=2)


def zipped(entries: Mapping[str, bytes], *, packed: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return target.getvalue()


def checkpoint(main: bytes, *, storage: bytes = bytes(16), packed: bool = False) -> bytes:
    """A zip as torch.save writes it."""
    return zipped({"m/data.pkl": main, "m/byteorder": b"little", "m/data/0": storage}, packed=packed)


def own(model: bytes, weights: bytes = b"") -> bytes:
    return zipped({"model/model.json": model, "model/generator.safetensors": weights})


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def changed(name: str, old: bytes, new: bytes) -> bytes:
    content = golden(name)
    assert old in content
    return content.replace(old, new)


def laughing() -> bytes:
    """Lists in lists, twice each: a few hundred bytes that would print as more than there are atoms."""
    doubled = b"".join(b"]h" + bytes([i]) + b"ah" + bytes([i]) + b"aq" + bytes([i + 1]) for i in range(200))
    return b"\x80\x02]q\x00" + doubled + b"."


def hashed() -> bytes:
    """Tuples in tuples, twice each, as the key of a dict: their hash takes for ever."""
    doubled = b"".join(b"h" + bytes([i]) + b"h" + bytes([i]) + b"\x86q" + bytes([i + 1]) for i in range(100))
    return b"\x80\x02)q\x00" + doubled + b"}h\x64Ns."


def cyclic() -> bytes:
    """A module that is a part of itself."""
    reconstruct = named("torch_utils.persistence", "_reconstruct_persistent_obj")
    modules = b"}q\x01"
    state = b"}q\x02(" + text("_modules") + modules + text("_parameters") + b"}" + b"u"
    meta = b"}q\x00(" + text("class_name") + text("Generator") + text("state") + state + b"u"
    module = reconstruct + meta + b"\x85Rq\x03"
    looped = (
        b"h\x01"
        + text("synthesis")
        + b"h\x03s0"
        + b"h\x01"
        + text("b4")
        + b"h\x03s0"
        + b"h\x01"
        + text("b8")
        + b"h\x03s0"
    )
    return b"\x80\x02" + module + b"0" + looped + b"}" + text("G_ema") + b"h\x03s."


def bomb() -> bytes:
    """1.2 GB of zeros in a megabyte."""
    squeezer = zlib.compressobj(1, zlib.DEFLATED, -15)
    block = bytes(2**24)
    packed = b"".join([*(squeezer.compress(block) for _ in range(72)), squeezer.flush()])
    name, size = b"model/generator.safetensors", 72 * 2**24
    fields = (20, 0, 8, 0, 0x21, 0, len(packed), size)
    local = b"PK\x03\x04" + struct.pack("<5H3I2H", *fields, len(name), 0) + name + packed
    base = zipped({"model/model.json": json.dumps({"format": 1, "architecture": {}}).encode()})
    end = base.rindex(b"PK\x05\x06")
    first = base.index(b"PK\x01\x02")
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + struct.pack("<5H3I5H2I", *fields, len(name), 0, 0, 0, 0, 0, first)
    directory = base[first:end] + entry + name
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), first + len(local), 0)
    return base[:first] + local + directory + tail


def spoiled() -> bytes:
    """A true checkpoint, some of whose weights are not numbers."""
    with zipfile.ZipFile(GOLDEN / "rosinality_style.pt") as file:
        entries = {info.filename: file.read(info) for info in file.infolist()}
    nan = np.full(1024, np.nan, "<f4").tobytes()
    return zipped({name: nan if len(content) == len(nan) else content for name, content in entries.items()})


LORA = safetensors.numpy.save({"unet.lora_up.weight": np.zeros((4, 4), np.float32)})
OLD_NETWORK = (
    named("dnnlib.tflib.network", "Network") + b")\x81}(" + text("version") + b"K\x02" + text("static_kwargs") + b"}ub"
)
FILES: Mapping[str, tuple[Made, str]] = {
    "a shell command": (lambda: calling("posix", "system"), f"{RUN} posix.system"),
    "a shell command by another name": (lambda: calling("os", "popen"), f"{RUN} os.popen"),
    "eval": (lambda: calling("builtins", "eval", "open('ran', 'w')"), f"{RUN} builtins.eval"),
    "exec of Python 2": (lambda: calling("__builtin__", "execfile"), f"{RUN} __builtin__.execfile"),
    "a process": (lambda: calling("subprocess", "Popen"), f"{RUN} subprocess.Popen"),
    "a socket": (lambda: calling("socket", "create_connection"), f"{RUN} socket.create_connection"),
    "an import": (lambda: calling("importlib", "import_module", "antigravity"), f"{RUN} importlib.import_module"),
    "getattr": (lambda: calling("builtins", "getattr"), f"{RUN} builtins.getattr"),
    "a loader in disguise": (lambda: calling("torch", "load"), f"{RUN} torch.load"),
    "a hub": (lambda: calling("torch.hub", "load"), f"{RUN} torch.hub.load"),
    "numpy's loader": (lambda: calling("numpy", "load"), f"{RUN} numpy.load"),
    "a name within a known name": (lambda: calling("torch._utils", "_rebuild_tensor_v2.__globals__"), RUN),
    "a name from the stack": (lambda: b"\x80\x04" + text("os") + text("system") + b"\x93.", f"{RUN} os.system"),
    "a name that is no text": (lambda: b"\x80\x04]]\x93.", "has no name"),
    "the oldest call": (lambda: b"(" + text("touch ran") + b"ios\nsystem\n.", f"{RUN} os.system"),
    "a call of an object": (lambda: b"(" + named("os", "system") + text("touch ran") + b"o.", f"{RUN} os.system"),
    "a call with keywords": (
        lambda: b"\x80\x04" + named("collections", "OrderedDict") + b")}" + text("a") + b"Ks\x92.",
        "damaged",
    ),
    "an extension": (lambda: b"\x80\x02\x82\x01.", "no instruction"),
    "a call in a network's place": (
        lambda: wrapped(named("nt", "system") + text("dir") + b"\x85R"),
        f"{RUN} nt.system",
    ),
    "code within the bytes of a tensor": (
        lambda: changed("nvidia_style.pkl", b"ctorch\nFloatStorage\n", b"cposix\nsystem      \n"),
        f"{RUN} posix.system",
    ),
    "an attribute of a class": (
        lambda: b"\x80\x02" + named("numpy", "ndarray") + b"}" + text("x") + b"Nsb.",
        "damaged",
    ),
    "a reference to outside": (lambda: b"\x80\x02" + text("file:///etc/passwd") + b"Q.", "outside of it"),
    "a memory that is empty": (lambda: b"\x80\x02h\x09.", "damaged"),
    "an empty stack": (lambda: b"\x80\x020.", "damaged"),
    "no beginning": (lambda: b"\x80\x02u.", "damaged"),
    "an endless number": (lambda: b"\x80\x02\x8b" + struct.pack("<i", 2**30) + bytes(64) + b".", "whole number"),
    "endless digits": (lambda: b"\x80\x02L" + b"9" * 3000 + b"L\n.", "whole number"),
    "a lie of 2**63 bytes": (lambda: b"\x80\x04\x8e" + struct.pack("<Q", 2**63) + b"x.", "bytes are missing"),
    "a lie of 4 GB of text": (lambda: b"\x80\x02X" + struct.pack("<I", 2**32 - 1) + b"x.", "bytes are missing"),
    "a pickle of the future": (lambda: b"\x80\x63N.", "protocol 99"),
    "lists in lists": (laughing, "a pickled list"),
    "tuples in tuples for a key": (hashed, "is a key"),
    "a module within itself": (cyclic, "damaged"),
    "a tensor larger than its numbers": (lambda: checkpoint(of_storage((1000, 1000), (1000, 1))), "is larger than"),
    "a tensor of one number a billion times": (lambda: checkpoint(of_storage((2**30,), (0,))), "is larger than"),
    "a tensor from before the beginning": (lambda: checkpoint(of_storage((2,), (1,), offset=-8)), "no shape"),
    "a tensor that walks backwards": (lambda: checkpoint(of_storage((2,), (-1,))), "no shape"),
    "a storage that says it is larger": (lambda: checkpoint(of_storage((4,), (1,), count=10**12)), "bytes of a tensor"),
    "a checkpoint that is packed": (lambda: checkpoint(of_storage((4,), (1,)), packed=True), "is packed"),
    "a checkpoint of nothing": (lambda: checkpoint(b"\x80\x02}."), "a dictionary of nothing"),
    "1.2 GB in a megabyte": (bomb, "more memory"),
    "weights that are no numbers": (spoiled, "not numbers"),
    "half of a pickle": (lambda: golden("nvidia_style.pkl")[:400_000], "bytes are missing"),
    "half of a zip": (lambda: golden("rosinality_style.pt")[:400_000], "ends too early"),
    "an array of objects": (
        lambda: changed("tf_style.pkl", b"\x8c\x02f4\x94", b"\x8c\x02O8\x94"),
        "no numbers",
    ),
    "settings that nest without end": (lambda: own(b'{"architecture":' + b"[" * 100_000), "describes no network"),
    "weights that lie about their place": (
        lambda: own(b'{"format": 1, "architecture": {}}', struct.pack("<Q", 2**60) + b"{}"),
        "cannot be read",
    ),
    "a Git LFS pointer": (lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS"),
    "a web page": (lambda: b"\n<!DOCTYPE html><html><title>Google Drive</title></html>", "web page"),
    "a LoRA": (lambda: LORA, "LoRA"),
    "bare weights": (lambda: safetensors.numpy.save({"w": np.zeros(3, np.float32)}), "without a word"),
    "a StyleGAN3": (lambda: changed("nvidia_style.pkl", text("MappingNetwork"), text("SynthesisInput")), "StyleGAN3"),
    "a StyleGAN1": (lambda: b"\x80\x02" + 3 * OLD_NETWORK + b"\x87.", "StyleGAN1"),
    "a stylegan2-pytorch": (lambda: checkpoint(pickle_of({"GAN": {"G.initial_block": 1}})), "stylegan2-pytorch"),
    "a diffusion model": (lambda: checkpoint(pickle_of({"state_dict": {}, "epoch": 3})), "state_dict"),
    "nothing": (lambda: b"", "is empty"),
    "zeros": (lambda: bytes(1000), "is empty"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
    "a packed file": (lambda: b"\x1f\x8b\x08" + bytes(100), "packed archive"),
    "a zip of something": (lambda: zipped({"holiday.jpg": b"x"}), "holds no model"),
    "a text": (lambda: b"hello", "no model that is known"),
}
