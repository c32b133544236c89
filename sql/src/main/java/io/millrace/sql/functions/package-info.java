/** Functions of SQL over the kernels of drift, embedding and matching. */
package io.millrace.sql.functions;
