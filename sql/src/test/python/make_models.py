"""Makes the ONNX models of sql's tests: python make_models.py FOLDER

Needs onnx 1.23.2 (pip install onnx==1.23.2). The models are small enough to be read: what they
compute stands beside each.
"""
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

OPSET = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]


def tensor(name, type_, *shape):
    return helper.make_tensor_value_info(name, type_, shape)


def save(folder, name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializer=list(constants))
    model = helper.make_model(graph, opset_imports=OPSET, ir_version=8, producer_name="millrace")
    onnx.checker.check_model(model)
    onnx.save(model, Path(folder) / f"{name}.onnx")


def constant(name, type_, dims, values):
    return helper.make_tensor(name, type_, dims, values)


def late(folder):
    """probability = sigmoid(0.05 * delay + 0.02 * departures - 3), late = probability > 0.5."""
    save(
        folder,
        "late",
        [
            helper.make_node("Concat", ["dep_delay", "departures"], ["x"], axis=1),
            helper.make_node("MatMul", ["x", "w"], ["xw"]),
            helper.make_node("Add", ["xw", "b"], ["z"]),
            helper.make_node("Sigmoid", ["z"], ["probability"]),
            helper.make_node("Greater", ["probability", "half"], ["late"]),
        ],
        [
            tensor("dep_delay", TensorProto.FLOAT, None, 1),
            tensor("departures", TensorProto.FLOAT, None, 1),
        ],
        [
            tensor("probability", TensorProto.FLOAT, None, 1),
            tensor("late", TensorProto.BOOL, None, 1),
        ],
        [
            constant("w", TensorProto.FLOAT, [2, 1], [0.05, 0.02]),
            constant("b", TensorProto.FLOAT, [1], [-3.0]),
            constant("half", TensorProto.FLOAT, [1], [0.5]),
        ],
    )


def packed(folder):
    """One input of three numbers: scores = [x . (1, 2, 3), x . (-1, 0, 1)], label = 'up' where the first is greater, else 'down'."""
    save(
        folder,
        "packed",
        [
            helper.make_node("MatMul", ["features", "w"], ["scores"]),
            helper.make_node("ArgMax", ["scores"], ["best"], axis=1, keepdims=0),
            helper.make_node("LabelEncoder", ["best"], ["label"], domain="ai.onnx.ml",
                             keys_int64s=[0, 1], values_strings=["up", "down"]),
        ],
        [tensor("features", TensorProto.DOUBLE, None, 3)],
        [tensor("scores", TensorProto.DOUBLE, None, 2), tensor("label", TensorProto.STRING, None)],
        [constant("w", TensorProto.DOUBLE, [3, 2], [1, -1, 2, 0, 3, 1])],
    )


def carrier(folder):
    """A text and a whole number: code = 1 for AA, 2 for UA, else -1; sum = code + seats."""
    save(
        folder,
        "carrier",
        [
            helper.make_node("LabelEncoder", ["carrier"], ["code"], domain="ai.onnx.ml",
                             keys_strings=["AA", "UA"], values_int64s=[1, 2], default_int64=-1),
            helper.make_node("Add", ["code", "seats"], ["sum"]),
        ],
        [tensor("carrier", TensorProto.STRING, None), tensor("seats", TensorProto.INT64, None)],
        [tensor("code", TensorProto.INT64, None), tensor("sum", TensorProto.INT64, None)],
    )


def picky(folder):
    """Fails for an index beyond 2: picked = (10, 20, 30)[index]."""
    save(
        folder,
        "picky",
        [helper.make_node("Gather", ["table", "index"], ["picked"])],
        [tensor("index", TensorProto.INT64, None)],
        [tensor("picked", TensorProto.INT64, None)],
        [constant("table", TensorProto.INT64, [3], [10, 20, 30])],
    )


if __name__ == "__main__":
    for make in (late, packed, carrier, picky):
        make(sys.argv[1])
