/**
 * What a process has only once, whatever the number of jobs in it: sessions of ONNX Runtime. On a
 * cluster this package and ONNX Runtime lie in Flink's {@code lib} folder and not in the job jar,
 * so that all jobs of a TaskManager see the same classes. It depends on ONNX Runtime and the JDK
 * only.
 */
package io.millrace.embedding.session;
