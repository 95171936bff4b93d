"""The schema of ``course.toml`` and ``exercise.toml``, and reading them with errors that name file and field."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec
import tomli
from msgspec import Meta

from tutor.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMAT = 1

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
CheckId = Annotated[str, Meta(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
Text = Annotated[str, Meta(min_length=1)]
Points = Annotated[float, Meta(gt=0)]


class Tolerance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How numbers are compared: ``|got - expected| <= atol + rtol * |expected|``, in ``dtype``.

    Attributes:
        says: the rule in words, printed with every verdict.
    """

    atol: Annotated[float, Meta(ge=0)]
    rtol: Annotated[float, Meta(ge=0)]
    says: Text
    dtype: Literal["float32", "float64"] = "float64"


class CheckEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[check]]``.

    Attributes:
        says: what it says to the learner.
        after: the checks that must pass before it.
        hidden: whether only the instructor's copy of the course has it: `cnn-tutor release` leaves it out, and what
            learners are told of a class's results does.
        trains: whether it trains networks, which takes a while: in a train exercise the last ones do.
        shows: whether it is there to show what was measured, so that no answer fails at it.
    """

    id: CheckId
    says: Text
    points: Points
    after: tuple[CheckId, ...] = ()
    hidden: bool = False
    trains: bool = False
    shows: bool = False


class Misconception(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[misconception]]``: what a wrong answer looks like, in the teacher's words."""

    id: Slug
    says: Text


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``exercise.toml``.

    Attributes:
        timeout_s: wall time, and CPU time, for a whole submission; in a train exercise without the training.
        training_timeout_s: the same for all that is trained of a submission; in a train exercise alone.
        memory_mb: memory beyond what PyTorch takes itself.
        processes: processes and threads at once.
        file_mb: the largest file that may be written.
        output_kb: how much of what is printed is kept.
        forbid: what a submission may not use, e.g. ``torch.nn.functional.conv2d``: a key of :data:`FORBIDDABLE`.
            Enforced on the operators that really run, under whatever name they were called.
        pictures: what goes with the lesson, each as ``cnn-tutor show`` has it: ``convolution kernel=2x3 stride=1``.
        judged_here: whether this copy of the course can judge it; written by ``cnn-tutor release``, as is
        points_elsewhere: the points of the checks that only the instructor's copy has.
    """

    format: Literal[1]
    number: Annotated[int, Meta(ge=1)]
    slug: Slug
    title: Text
    part: Annotated[int, Meta(ge=1)]
    kind: Literal["compute", "implement", "train"]
    level: Annotated[int, Meta(ge=1, le=5)]
    minutes: Annotated[int, Meta(ge=1)]
    points: Points
    symbols: Annotated[tuple[Text, ...], Meta(min_length=1)]
    timeout_s: Annotated[float, Meta(gt=0)]
    memory_mb: Annotated[int, Meta(ge=16)]
    hints: Annotated[tuple[Text, ...], Meta(min_length=1)]
    tolerance: Tolerance
    check: Annotated[tuple[CheckEntry, ...], Meta(min_length=1)]
    misconception: tuple[Misconception, ...] = ()
    requires: tuple[Slug, ...] = ()
    processes: Annotated[int, Meta(ge=1)] = 64
    file_mb: Annotated[int, Meta(ge=1)] = 16
    output_kb: Annotated[int, Meta(ge=1)] = 8
    forbid: tuple[Text, ...] = ()
    pictures: tuple[Text, ...] = ()
    training_timeout_s: Annotated[float, Meta(gt=0)] | None = None
    judged_here: bool = True
    points_elsewhere: Annotated[float, Meta(ge=0)] = 0.0

    @property
    def quick_checks(self) -> tuple[CheckEntry, ...]:
        """The checks that train nothing."""
        return tuple(entry for entry in self.check if not entry.trains)

    @property
    def forbidden(self) -> dict[str, str]:
        """The ATen operators that may not run, each with the name in ``forbid`` that says so."""
        return {operator: name for name in self.forbid for operator in FORBIDDABLE[name]}

    @property
    def folder(self) -> str:
        """The exercise's folder under ``exercises/`` and ``solutions/``, e.g. ``24_residual_block``."""
        return f"{self.number:02d}_{self.module}"

    @property
    def module(self) -> str:
        """The stem of the learner's file, e.g. ``residual_block``."""
        return self.slug.replace("-", "_")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[part]]`` of the course."""

    number: Annotated[int, Meta(ge=1)]
    title: Text


class CourseManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``course.toml``."""

    format: Literal[1]
    title: Text
    welcome: Text
    farewell: Text
    part: Annotated[tuple[Part, ...], Meta(min_length=1)]
    order: Annotated[tuple[Slug, ...], Meta(min_length=1)]


FORBIDDABLE: dict[str, tuple[str, ...]] = {
    "torch.nn.functional.conv2d": (
        *("convolution", "_convolution", "_convolution_mode", "convolution_overrideable", "mkldnn_convolution"),
        *("_slow_conv2d_forward", "thnn_conv2d", "conv_depthwise3d", "_conv_depthwise2d", "slow_conv3d_forward"),
        *("cudnn_convolution", "miopen_convolution", "slow_conv_dilated2d", "_nnpack_spatial_convolution"),
        *("slow_conv_dilated3d", "slow_conv_transpose2d", "slow_conv_transpose3d", "conv_tbc"),
        *("_convolution_pointwise", "_convolution_transpose_pointwise"),
    ),
    "torch.nn.functional.max_pool2d": (
        *("max_pool2d_with_indices", "max_pool3d_with_indices", "mkldnn_max_pool2d", "mkldnn_max_pool3d"),
        *("adaptive_max_pool2d", "adaptive_max_pool3d", "fractional_max_pool2d", "fractional_max_pool3d"),
    ),
    "torch.nn.functional.avg_pool2d": (
        *("avg_pool2d", "avg_pool3d", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "mkldnn_adaptive_avg_pool2d"),
        # With one window over all of an image they are a mean.
        *("adaptive_avg_pool1d()", "adaptive_avg_pool2d()", "adaptive_avg_pool3d()"),
    ),
    "torch.nn.functional.batch_norm": (
        *("rms_norm()", "_fused_rms_norm()", "_fused_rms_norm"),
        *("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training"),
        *("_batch_norm_with_update", "_batch_norm_no_update", "cudnn_batch_norm", "miopen_batch_norm"),
        *("native_group_norm", "native_layer_norm", "batch_norm_update_stats"),
        *("_native_batch_norm_legit_functional", "_batch_norm_with_update_functional"),
        *("native_batch_norm_backward", "batch_norm_backward", "cudnn_batch_norm_backward"),
        *("miopen_batch_norm_backward", "native_group_norm_backward", "native_layer_norm_backward"),
    ),
    "torch.nn.functional.dropout": (
        *("native_dropout", "_fused_dropout"),
        *("dropout()", "dropout_()", "dropout1d()", "dropout2d()", "dropout3d()"),
        *("feature_dropout()", "feature_dropout_()", "alpha_dropout()", "alpha_dropout_()"),
        *("feature_alpha_dropout()", "feature_alpha_dropout_()"),
    ),
    "torch.autograd": ("torch.autograd",),
}
"""What ``forbid`` can name, and the ATen operators by which it runs; where it has none of its own on the CPU, the
functions, as ``dropout()``. A convolution's operators serve 1 to 3 dimensions and the transposed ones alike; the
adaptive and three-dimensional poolings are here because they pool in two as well. Autograd has no operators of its own:
its name stands for those that run while it works, whichever they are. A check cannot ask for ``gradients`` of what may
not use it."""

COVERED: dict[str, tuple[str, ...]] = {
    "torch.nn.functional.conv2d": (
        *("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "conv_tbc"),
    ),
    "torch.nn.functional.max_pool2d": (
        *("max_pool1d", "max_pool2d", "max_pool3d", "fractional_max_pool2d", "fractional_max_pool3d"),
        *("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"),
    ),
    "torch.nn.functional.avg_pool2d": (
        *("avg_pool1d", "avg_pool2d", "avg_pool3d", "lp_pool1d", "lp_pool2d", "lp_pool3d"),
        *("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"),
    ),
    "torch.nn.functional.batch_norm": ("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm"),
    "torch.nn.functional.dropout": (
        *("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"),
    ),
}
"""The functions of ``torch.nn.functional`` that each name in ``forbid`` forbids, and with them the layers and whatever
else comes to the same."""

NEWER = "A newer cnn-tutor may read it: python -m pip install -U cnn-tutor"

S = TypeVar("S", bound=msgspec.Struct)


def read_toml(path: Path, schema: type[S]) -> S:
    """Read a TOML file into ``schema``.

    Raises:
        ManifestError: unreadable, no TOML, or not what the schema asks for; names the file, the field and, for
            an unknown field, the nearest known one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: cannot be read: {error}") from None
    parsed: S = _parse(path, text, schema)
    return parsed


# An engine that stays up reads the whole course for every request, and mostly finds it as it was.
@lru_cache(maxsize=256)
def _parse(path: Path, text: str, schema: type[S]) -> S:
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ManifestError(f"{path}: is no valid TOML: {error}") from None
    if fault := _format_fault(data):
        raise ManifestError(f"{path}: {with_line(fault, text)}", NEWER)
    try:
        return msgspec.convert(data, schema)
    except msgspec.ValidationError as error:
        raise ManifestError(f"{path}: {with_line(_in_words(str(error), schema, data), text)}") from None


def with_line(fault: str, text: str) -> str:
    """A fault with the line of the TOML file that it is about, where that can be told from what it names."""
    table = re.search(r"\b(check|misconception)s? (?:have the id )?`([^`]+)`", fault)
    names = re.findall(r"field `([\w.]+)", fault)
    lines = text.splitlines()
    at = -1
    if table:
        ids = re.compile(rf"\s*id\s*=\s*([\"']){re.escape(table[2])}\1")
        at = max((number for number, line in enumerate(lines) if ids.match(line)), default=-1)
    if names:
        *above, name = names[0].split(".")
        inner = above[0] if above else next(iter(re.findall(r"in `(\w+)`", fault)), "")
        begin = max(at, 0)
        if inner:
            heads = (number for number, line in enumerate(lines) if re.match(rf"\s*\[{re.escape(inner)}\]", line))
            begin = next(heads, 0)
        keys = re.compile(rf"\s*{re.escape(name)}\s*=")
        at = next((number for number in range(begin, len(lines)) if keys.match(lines[number])), at)
    return f"{fault} (line {at + 1})" if at >= 0 else fault


def _format_fault(data: Mapping[str, Any]) -> str:
    """What to say of a file that is written for another cnn-tutor; empty where it is for this one, or no number."""
    made_for = data.get("format")
    if type(made_for) is not int or made_for == FORMAT:
        return ""
    return f"field `format`: this is made for format {made_for}; this cnn-tutor reads {FORMAT}"


def _in_words(message: str, schema: type[msgspec.Struct], data: Mapping[str, Any]) -> str:
    """Turn msgspec's message into one with the field's TOML name and the nearest known field."""
    what, _, where = message.partition(" - at `$")
    entry, field = _entry_and_field(where.rstrip("`").lstrip("."), data)
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", what)
    if unknown:
        near = difflib.get_close_matches(unknown[1], _field_names(schema), n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        place = f" in {entry or f'`{field}`'}" if entry or field else ""
        return f"unknown field `{unknown[1]}`{place}{hint}"
    if not field:
        return f"{entry}: {what}" if entry else what
    return f"field `{field}`{f' of {entry}' if entry else ''}: {what}"


def _entry_and_field(place: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """The entry of a list of tables by its id, e.g. check `values`, and the field in it; else no entry, and the place.

    Args:
        place: as msgspec has it, e.g. ``check[0].points``.
        data: in which it is.
    """
    inside = re.fullmatch(r"(?P<table>\w+)\[(?P<at>\d+)\]\.?(?P<field>.*)", place)
    if not inside or not isinstance(entries := data.get(inside["table"]), list):
        return "", place
    entry = entries[int(inside["at"])]
    name = entry.get("id") if isinstance(entry, dict) else None
    return (f"{inside['table']} `{name}`", inside["field"]) if isinstance(name, str) else ("", place)


def _field_names(schema: type[msgspec.Struct]) -> list[str]:
    nested = (Tolerance, CheckEntry, Misconception) if schema is Manifest else (Part,)
    return [name for struct in (schema, *nested) for name in struct.__struct_fields__]


def check_manifest(manifest: Manifest, path: Path) -> None:
    """Check what a schema alone cannot say.

    Raises:
        ManifestError: the first of :func:`manifest_faults`.
    """
    for fault in manifest_faults(manifest):
        raise ManifestError(f"{path}: {with_line(fault, path.read_text(encoding='utf-8'))}")


def manifest_faults(manifest: Manifest) -> Iterator[str]:
    """What is wrong with a manifest that the schema lets through.

    An id stands twice, ``after`` names no earlier check, ``forbid`` what cannot be forbidden, or the points do not add
    up.
    """
    seen: set[str] = set()
    for entry in manifest.check:
        if entry.id in seen:
            yield f"two checks have the id `{entry.id}`"
        for before in entry.after:
            if before not in seen:
                yield f"check `{entry.id}` comes after `{before}`, which is no earlier check"
        seen.add(entry.id)
    ids = [misconception.id for misconception in manifest.misconception]
    for twice in sorted({id for id in ids if ids.count(id) > 1}):  # noqa: A001 - the manifest's own word
        yield f"two misconceptions have the id `{twice}`"
    for name in manifest.forbid:
        if name not in FORBIDDABLE:
            yield f"field `forbid`: `{name}` cannot be forbidden; {_what_can_be(name)}"
    yield from _training_faults(manifest)
    if manifest.forbid and manifest.kind == "compute":
        yield "field `forbid`: in a compute exercise the learner may use anything"
    total = sum(entry.points for entry in manifest.check)
    if abs(total - manifest.points) > 1e-9:
        yield f"the checks' points add up to {total:g}, but `points` is {manifest.points:g}"


def _training_faults(manifest: Manifest) -> Iterator[str]:
    trains = [entry.trains for entry in manifest.check]
    for entry in manifest.check:
        if entry.shows and not entry.trains:
            yield f"check `{entry.id}` shows what was measured, and only those that train measure"
    if manifest.kind != "train":
        for entry in manifest.check:
            if entry.trains:
                yield f"check `{entry.id}` trains, and only those of kind `train` do"
        if manifest.training_timeout_s is not None:
            yield "field `training_timeout_s`: only kind `train` has it"
        return
    if not any(trains):
        yield "no check says `trains = true`, and the kind is `train`"
    elif trains != sorted(trains):
        yield "the checks that train come last: whatever can be seen without is seen first"
    if manifest.training_timeout_s is None:
        yield "field `training_timeout_s` is missing, and the kind is `train`"


def _what_can_be(name: str) -> str:
    """What can be forbidden in place of a name that cannot: the one that is meant, else all of them."""
    function = name.rpartition(".")[2].lower()
    if covering := [known for known, functions in COVERED.items() if function in functions]:
        return f"did you mean `{covering[0]}`? It covers {', '.join(COVERED[covering[0]])}"
    by_function = {known.rpartition(".")[2]: known for known in FORBIDDABLE}
    if near := difflib.get_close_matches(function, by_function, n=1, cutoff=0.75):
        return f"did you mean `{by_function[near[0]]}`?"
    covered = {known: ", ".join(COVERED.get(known, ())) for known in FORBIDDABLE}
    return "what can be: " + "; ".join(f"`{known}`" + (f" ({all_})" if all_ else "") for known, all_ in covered.items())


def schema_faults(data: Mapping[str, Any], schema: type[msgspec.Struct]) -> Iterator[str]:
    """Every field of a TOML file's data that is not what the schema asks for; :func:`read_toml` names only one."""
    fields = {field.name: field for field in msgspec.structs.fields(schema)}
    for name in data:
        if name not in fields:
            yield _in_words(f"Object contains unknown field `{name}`", schema, data)
    for name, field in fields.items():
        if name == "format" and (fault := _format_fault(data)):
            yield f"{fault}. {NEWER}"
        elif name in data:
            one = msgspec.defstruct("One", [(name, field.type)])
            yield from _faults({name: data[name]}, one, schema)
        elif field.required:
            yield f"missing required field `{name}`"


def _faults(data: Mapping[str, Any], one: type[msgspec.Struct], schema: type[msgspec.Struct]) -> Iterator[str]:
    try:
        msgspec.convert(data, one)
    except msgspec.ValidationError as error:
        yield _in_words(str(error), schema, data)
