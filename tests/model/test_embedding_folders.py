"""Folders of images: what counts as a class, and what cannot be read."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model.embedding.folders import read_batches, read_image, read_thumbnails, scan_folder


def paint(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (12, 8)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    paint(tmp_path / "dog" / "b.png", (255, 0, 0))
    paint(tmp_path / "dog" / "a.JPG", (250, 0, 0))
    paint(tmp_path / "cat" / "deep" / "c.bmp", (0, 255, 0))
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    (tmp_path / "empty").mkdir()
    paint(tmp_path / "stray.png", (0, 0, 255))
    return tmp_path


def test_the_subfolders_with_images_are_the_classes(folder: Path) -> None:
    found = scan_folder(folder)
    assert found.class_names == ("cat", "dog")
    assert [path.name for path in found.paths] == ["c.bmp", "a.JPG", "b.png"]
    assert found.labels.tolist() == [0, 1, 1]
    assert len(found) == 3


def test_fewer_than_two_classes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"folder: there is no folder {tmp_path / 'no'}"):
        scan_folder(tmp_path / "no")
    with pytest.raises(ValueError, match="has none for subfolders with images"):
        scan_folder(tmp_path)
    paint(tmp_path / "only" / "a.png", (0, 0, 0))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"has only 'only' .* at least 2 classes"):
        scan_folder(tmp_path)


def test_thumbnails_show_the_middle(folder: Path) -> None:
    wide = np.zeros((8, 24, 3), np.uint8)
    wide[:, 8:16] = (10, 20, 30)
    Image.fromarray(wide).save(folder / "cat" / "a.png")
    ticks: list[int] = []
    thumbnails = read_thumbnails(scan_folder(folder), 4, lambda: ticks.append(1))
    assert thumbnails.shape == (4, 4, 4, 3)
    assert thumbnails.dtype == np.uint8
    assert (thumbnails[0, :, 1:3] == (10, 20, 30)).all()
    assert (thumbnails[3] == (255, 0, 0)).all()
    assert len(ticks) == 4
    with pytest.raises(ValueError, match="thumbnail: got 0, want at least 1 pixel"):
        read_thumbnails(scan_folder(folder), 0)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "I;16", "CMYK"])
def test_every_mode_is_read_as_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("a.tif" if mode in ("CMYK", "I;16") else "a.png")
    Image.new(mode, (5, 4)).save(path)
    image = read_image(path)
    assert (image.mode, image.size) == ("RGB", (5, 4))


def test_a_photograph_on_its_side_is_put_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (12, 8)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image(tmp_path / "a.jpg").size == (8, 12)


def test_images_that_cannot_be_read_are_named(folder: Path) -> None:
    good = (folder / "dog" / "a.JPG").read_bytes()
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)).save(folder / "dog" / "cut.png")
    png = (folder / "dog" / "cut.png").read_bytes()
    for name, data in (
        ("cut.png", png[: len(png) // 2]),
        ("cut.png", b""),
        ("cut.png", b"not an image at all"),
        ("cut.jpg", good[: len(good) // 2]),
    ):
        for old in (folder / "dog").glob("cut.*"):
            old.unlink()
        path = folder / "dog" / name
        path.write_bytes(data)
        with pytest.raises(ValueError, match=f"image: cannot read {path} .*; mend or remove it"):
            read_thumbnails(scan_folder(folder), 4)


def test_a_bomb_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    with pytest.raises(ValueError, match=r"image: cannot read .*decompression bomb"):
        read_thumbnails(scan_folder(folder), 4)


def test_batches_come_in_order(folder: Path) -> None:
    found = scan_folder(folder)
    batches = list(
        read_batches(found, lambda image: torch.tensor(image.getpixel((0, 0))).float(), 2)
    )
    assert [len(batch) for batch in batches] == [2, 1]
    assert torch.cat(batches)[:, 1].tolist() == [255, 0, 0]
