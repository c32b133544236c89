package io.millrace.quickstart;

import picocli.CommandLine.Option;

/** {@code --help}, and nothing else: scripts have the version of their project. */
public final class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean requested;

  /** Whether the help was asked for. */
  public boolean isRequested() {
    return requested;
  }
}
