"""Writes a GGUF file's weights in f32: `python in_f32.py MODEL.gguf F32.gguf` (needs the package `gguf`).

Engines round what goes into products of quantized weights, each its own way. On weights in f32 nothing is rounded, so
what differs there is arithmetic: put the file in a folder under the name that `lm_eval_parity.py` looks for, and
`polyclinic run --model F32.gguf --protocol mmlu` beside what that records.
"""

import sys

import gguf
import numpy
from gguf.quants import dequantize


def main(source, target):
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        if field.name == "general.file_type":
            writer.add_uint32(field.name, 0)
        elif field.types[0] == gguf.GGUFValueType.ARRAY:
            writer.add_array(field.name, field.contents())
        else:
            writer.add_key_value(field.name, field.contents(), field.types[0])
    for tensor in reader.tensors:
        weights = dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
        shape = tuple(int(size) for size in reversed(tensor.shape))
        writer.add_tensor(tensor.name, weights.reshape(shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main(*sys.argv[1:])
