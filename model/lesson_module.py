"""Networks that Python code makes, and the state dicts that belong to them."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import files, spelling

if TYPE_CHECKING:
    from torch import nn

MOST_NAMES = 5


def load_module(path: Path, attribute: str, weights: Path | None) -> nn.Module:
    """The module that Python code makes, in evaluation mode. This runs the file.

    Parameters
    ----------
    path
        The Python file.
    attribute
        The name in it of a module, or of a function that gives one.
    weights
        A state dict for the module: safetensors, or what ``torch.save`` wrote.

    Raises
    ------
    ValueError
        When the code fails or gives something else, the weights do not fit, or
        parameters are not finite.
    """
    from torch import nn

    code = _run(path)
    if not hasattr(code, attribute):
        names = [name for name, value in vars(code).items() if _gives_module(code, name, value)]
        near = f", {spelling.want(attribute, names)}" if names else ""
        raise ValueError(f"{path}: there is no {attribute!r}{near}")
    try:
        module = getattr(code, attribute)
        if not isinstance(module, nn.Module):
            module = module()
    except Exception as error:
        raise ValueError(f"{path}: {attribute} failed with {error!r}") from error
    if not isinstance(module, nn.Module):
        raise ValueError(f"{path}: {attribute} gave {type(module).__name__}, want nn.Module")
    if weights is not None:
        _fill(module, weights)
    for name, parameter in module.named_parameters():
        wrong = int((~parameter.detach().isfinite()).sum())
        if wrong:
            raise ValueError(
                f"{weights or path}: {wrong} of the {parameter.numel()} values of {name!r} are "
                "not finite, want finite numbers"
            )
    return module.eval()


def named(keys: Iterable[str]) -> str:
    """The first few keys of a state dict, in quotes, and how many more there are."""
    found = sorted(keys)
    more = f" and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else ""
    return ", ".join(repr(key[:60]) for key in found[:MOST_NAMES]) + more


def _run(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("lesson_code", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path}: is no Python file")
    code = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(code)
    except Exception as error:
        raise ValueError(f"{path}: failed with {error!r}") from error
    return code


def _gives_module(code: Any, name: str, value: object) -> bool:
    """Whether a name in the code is a module, or a function or class of its own."""
    from torch import nn

    own = callable(value) and getattr(value, "__module__", None) == code.__name__
    return not name.startswith("_") and (own or isinstance(value, nn.Module))


def _fill(module: nn.Module, weights: Path) -> None:
    """Load a state dict into a module."""
    state = _state_dict(weights)
    if not isinstance(state, Mapping) or not all(isinstance(key, str) for key in state):
        raise ValueError(f"{weights}: holds {type(state).__name__}, want a state dict")
    try:
        module.load_state_dict(state)
    except Exception as error:
        told = _misfit(module, state) or " ".join(str(error).split())[:200]
        raise ValueError(f"{weights}: does not fit the module: {told}") from error


def _misfit(module: nn.Module, state: Mapping[str, Any]) -> str:
    """Which keys and shapes of a state dict are other than the module's."""
    from torch.nn.parameter import is_lazy

    wanted = module.state_dict()
    told = []
    if missing := wanted.keys() - state.keys():
        told.append(f"{named(missing)} missing")
    if foreign := state.keys() - wanted.keys():
        told.append(f"{named(foreign)} unknown, want {named(wanted)}")
    for key in sorted(wanted.keys() & state.keys()):
        got = tuple(getattr(state[key], "shape", ()))
        if not is_lazy(wanted[key]) and got != (want := tuple(wanted[key].shape)):
            told.append(f"{named([key])} has shape {got}, want {want}")
    return "; ".join(told[:MOST_NAMES])


def _state_dict(path: Path) -> Any:
    """A state dict: safetensors, or what ``torch.save`` wrote, with no code in it."""
    data = files.read(path)
    if path.suffix in (".pt", ".pth"):
        return _unpickled(path, data)
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(data)
    except (SafetensorError, KeyError, ValueError) as error:
        raise ValueError(f"{path}: is no safetensors file or is damaged ({error})") from error


def _unpickled(path: Path, data: bytes) -> Any:
    """What ``torch.save`` wrote, if that is tensors alone and no larger than files may be."""
    import torch

    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                size = sum(each.file_size for each in archive.infolist())
            if size > files.MAX_BYTES:
                raise ValueError(f"claims {size} bytes, more than {files.MAX_BYTES}")
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:
        told = f" ({error})" if type(error) is ValueError else ""
        raise ValueError(
            f"{path}: is damaged, or holds more than tensors, which could run code when opened"
            f"{told}; want what torch.save(net.state_dict(), path) writes, or safetensors"
        ) from error
