package io.millrace.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What happens to planes after they were loaded: some are refitted, some are scrapped. */
public final class PlaneChanges {

  private PlaneChanges() {}

  /**
   * @param updated tail numbers of planes that got other seats
   * @param deleted tail numbers of planes that are gone
   */
  public record Result(List<String> updated, List<String> deleted) {}

  /**
   * Gives every {@code updateEvery}-th plane two more seats and deletes every {@code
   * deleteEvery}-th, counted in the order of their tail numbers, in one transaction.
   */
  public static Result apply(Connection connection, int updateEvery, int deleteEvery)
      throws SQLException {
    connection.setAutoCommit(false);
    List<String> updated = new ArrayList<>();
    List<String> deleted = new ArrayList<>();
    try (Statement query = connection.createStatement();
        ResultSet planes =
            query.executeQuery("SELECT tailnum FROM public.planes ORDER BY tailnum")) {
      for (int i = 1; planes.next(); i++) {
        if (i % deleteEvery == 0) {
          deleted.add(planes.getString(1));
        } else if (i % updateEvery == 0) {
          updated.add(planes.getString(1));
        }
      }
    }
    execute(connection, "UPDATE public.planes SET seats = seats + 2 WHERE tailnum = ?", updated);
    execute(connection, "DELETE FROM public.planes WHERE tailnum = ?", deleted);
    connection.commit();
    return new Result(List.copyOf(updated), List.copyOf(deleted));
  }

  private static void execute(Connection connection, String sql, List<String> tailnums)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (String tailnum : tailnums) {
        statement.setString(1, tailnum);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
