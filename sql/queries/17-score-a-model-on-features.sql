-- How likely is it that the airline's next flight leaves late, by a small ONNX model on its features?
-- The model: sigmoid(0.05 dep_delay + 0.02 departures - 3).
-- Streaming: each flight is joined to the online store and scored; without the hint it goes on. Needs the running
-- pipeline and Redis. The model's path is as the processes of scripts/up see it from their folders; on a cluster of your
-- own name an absolute one, which all TaskManagers and the SQL gateway have.
CREATE TEMPORARY MODEL late
INPUT (dep_delay FLOAT, departures FLOAT)
OUTPUT (probability FLOAT, late BOOLEAN)
WITH ('provider' = 'onnx', 'file' = '../../../sql/queries/late.onnx');

WITH served AS (
  SELECT f.flight_id, f.carrier,
         CAST(c.delay_mean_24h AS FLOAT) AS dep_delay,
         CAST(c.departures_24h AS FLOAT) AS departures
  FROM (
    SELECT *, PROCTIME() AS asked_at
    FROM flights /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */
    WHERE dep_delay_minutes > 240
  ) AS f
  JOIN carrier_delay_online FOR SYSTEM_TIME AS OF f.asked_at AS c ON f.carrier = c.carrier
)
SELECT flight_id, carrier, dep_delay, departures, probability, late
FROM ML_PREDICT(TABLE served, MODEL late, DESCRIPTOR(dep_delay, departures));
