"""The wire format of protocol buffers: enough to read an ONNX graph or an entry of a TensorFlow bundle."""

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def varint(data: memoryview, position: int) -> tuple[int, int]:
    """Returns the number at the position and the position after it."""
    value, shift = 0, 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yields the number and the value of every field; a value is a number or the bytes."""
    position = 0
    while position < len(data):
        key, position = varint(data, position)
        kind = key & 7
        if kind == _VARINT:
            value, position = varint(data, position)
        else:
            if kind == _BYTES:
                size, position = varint(data, position)
            elif kind in (_FIXED32, _FIXED64):
                size = 4 if kind == _FIXED32 else 8
            else:
                raise ValueError(f"wire type: {kind} (expected: 0, 1, 2 or 5)")
            value, position = data[position : position + size], position + size
        yield key >> 3, value


def packed(value: int | memoryview) -> list[int]:
    """Returns the numbers of a repeated field, whether it is packed or not."""
    if isinstance(value, int):
        return [value]
    numbers, position = [], 0
    while position < len(value):
        number, position = varint(value, position)
        numbers.append(number)
    return numbers
