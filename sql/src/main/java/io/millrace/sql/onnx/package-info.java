/** ONNX models as models of SQL: sentence vectors and scores. */
package io.millrace.sql.onnx;
