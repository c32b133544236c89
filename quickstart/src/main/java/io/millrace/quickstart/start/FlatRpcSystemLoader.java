package io.millrace.quickstart.start;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.apache.flink.runtime.rpc.RpcSystemLoader;
import org.apache.flink.runtime.rpc.exceptions.RpcLoaderException;

/**
 * Finds Flink's RPC system on the class path itself, where the scripts put it for commands. Flink's
 * own loader, which is asked when there is none, unpacks it into a temporary file and a class
 * loader of its own, whose classes no archive of the JVM can hold.
 */
public final class FlatRpcSystemLoader implements RpcSystemLoader {
  private static final String SYSTEM = "org.apache.flink.runtime.rpc.pekko.PekkoRpcSystem";

  @Override
  public int getLoadPriority() {
    // Before Flink's, which has 0.
    return -1;
  }

  @Override
  public RpcSystem loadRpcSystem(Configuration configuration) {
    try {
      return (RpcSystem) Class.forName(SYSTEM).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException elsewhere) {
      throw new RpcLoaderException("It is not on the class path", elsewhere);
    }
  }
}
