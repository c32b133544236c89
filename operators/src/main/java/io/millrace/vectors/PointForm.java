package io.millrace.vectors;

import static io.qdrant.client.ValueFactory.value;

import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.DenseVector;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.Vector;
import io.qdrant.client.grpc.Points.Vectors;

/** Rows of one embedding as points. Thread safe. */
final class PointForm {

  private final EmbeddingSchema schema;
  private final PayloadValues payload;
  private final Value source;

  PointForm(EmbeddingSchema schema) {
    this.schema = schema;
    this.payload = new PayloadValues(schema.payload());
    this.source = value(schema.source());
  }

  PointStruct point(EmbeddedRow row) {
    PointStruct.Builder point =
        PointStruct.newBuilder()
            .setId(PointIdFactory.id(row.pointId()))
            .setVectors(vectors(row.vector()));
    payload.write(row.payload(), point::putPayload);
    if (schema.hasTenants()) {
      point.putPayload(schema.tenantField(), value(row.tenant()));
    }
    point
        .putPayload(PointFields.VERSION, value(row.version()))
        .putPayload(PointFields.KEY, value(row.key()))
        .putPayload(PointFields.SOURCE, source)
        .putPayload(PointFields.MODEL, value(row.model()))
        .putPayload(PointFields.TEXT, value(row.text()))
        .putPayload(PointFields.CONTENT_HASH, value(row.contentHash()));
    if (row.chunk() > 0) {
      point.putPayload(PointFields.CHUNK, value(row.chunk()));
    }
    return point.build();
  }

  /** The client's own factory makes an object of every number. */
  private static Vectors vectors(float[] vector) {
    DenseVector.Builder dense = DenseVector.newBuilder();
    for (float number : vector) {
      dense.addData(number);
    }
    return Vectors.newBuilder().setVector(Vector.newBuilder().setDense(dense)).build();
  }
}
