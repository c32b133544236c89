package io.millrace.jobs.offline;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A pipeline that keeps everything it has: orders of every type, customers that change. */
final class OfflineFixture {
  static final String ORDERS =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: test.orders
      name: orders
      version: 1.0.0
      status: active
      schema:
        - name: orders
          logicalType: object
          properties:
            - {name: order_id, logicalType: integer, physicalType: bigint, required: true, primaryKey: true, primaryKeyPosition: 1}
            - {name: placed_at, logicalType: timestamp, physicalType: timestamptz(3), required: true}
            - {name: amount, logicalType: number, physicalType: "decimal(12,2)"}
            - {name: quantity, logicalType: integer, physicalType: smallint}
            - {name: weight, logicalType: number, physicalType: double}
            - {name: express, logicalType: boolean}
            - {name: due, logicalType: date}
            - {name: local_time, logicalType: timestamp, physicalType: timestamp(6)}
            - {name: note, logicalType: string}
            - name: address
              logicalType: object
              properties:
                - {name: city, logicalType: string}
                - {name: zone, logicalType: integer, physicalType: smallint}
            - name: tags
              logicalType: array
              items: {logicalType: string}
      """;

  static final String CUSTOMERS =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: test.customers
      name: customers
      version: 1.0.0
      status: active
      schema:
        - name: customers
          logicalType: object
          properties:
            - {name: customer_id, logicalType: integer, physicalType: bigint, required: true, primaryKey: true, primaryKeyPosition: 1}
            - {name: name, logicalType: string}
            - {name: score, logicalType: number, physicalType: "decimal(10,3)"}
      """;

  private static final String PIPELINE =
      """
      pipeline: shop
      sources:
        orders:
          kafka: {topic: orders, bootstrap_servers: "${KAFKA:-localhost:9092}"}
          contract: orders.odcs.yaml
          event_time: {field: placed_at, out_of_orderness: 1h}
          schema_drift: {type_change: quarantine}
        customers:
          postgres_cdc: {host: localhost, database: shop, table: public.customers, slot: customers}
          contract: customers.odcs.yaml
      features:
        order_totals:
          entity: [quantity]
          source: orders
          hop: 1m
          aggregations:
            orders: {count: "*", windows: [1h]}
            amount: {sum: amount, windows: [1h]}
            last_notes: {last_k: note, k: 3}
      offline: %s
      """;

  private OfflineFixture() {}

  static Pipeline pipeline(Path dir) throws IOException {
    return pipeline(dir, ORDERS, CUSTOMERS, "localhost:9092");
  }

  static Pipeline pipeline(Path dir, String orders, String customers, String kafka)
      throws IOException {
    return pipeline(dir, orders, customers, kafka, "{warehouse: warehouse}", "");
  }

  /**
   * With another place for the tables.
   *
   * @param offline as YAML
   * @param secret stands in it as SECRET
   */
  static Pipeline pipeline(Path dir, String offline, String secret) throws IOException {
    return pipeline(dir, ORDERS, CUSTOMERS, "localhost:9092", offline, secret);
  }

  private static Pipeline pipeline(
      Path dir, String orders, String customers, String kafka, String offline, String secret)
      throws IOException {
    Files.writeString(dir.resolve("orders.odcs.yaml"), orders);
    Files.writeString(dir.resolve("customers.odcs.yaml"), customers);
    Path file = Files.writeString(dir.resolve("shop.yaml"), PIPELINE.formatted(offline));
    return PipelineLoader.load(file, new Environment(Map.of("KAFKA", kafka, "SECRET", secret)));
  }
}
