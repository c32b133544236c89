-- What was refused under which version of the contract, and why? Personal data in the examples is masked.
-- Batch. Needs the running pipeline.
SET 'execution.runtime-mode' = 'batch';

SELECT source,
       contract_version,
       reason,
       COUNT(*) AS letters,
       COUNT(DISTINCT field) AS fields,
       MASK_PII(MIN(message)) AS example
FROM dead_letters
GROUP BY source, contract_version, reason
ORDER BY source, contract_version, letters DESC, reason;
