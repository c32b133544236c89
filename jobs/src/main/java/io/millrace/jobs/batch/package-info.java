/** Where jobs over data that ends are run: inside this process or on a cluster, with progress. */
package io.millrace.jobs.batch;
