package io.millrace.quickstart.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTextTest {

  private final StringWriter out = new StringWriter();

  private static SqlSession.Row row(String kind, String... values) {
    return new SqlSession.Row(kind, Arrays.asList(values));
  }

  private ResultText result(boolean batch, boolean query) {
    ResultText text = new ResultText(new PrintWriter(out, true), batch);
    text.columns(
        List.of(new SqlSession.Column("carrier", "VARCHAR"), new SqlSession.Column("n", "BIGINT")),
        query);
    return text;
  }

  @Test
  void shouldAlignTextsLeftAndNumbersRight() {
    ResultText text = result(true, true);
    text.rows(List.of(row("+I", "UA", "1234"), row("+I", null, "5")));
    text.end();
    assertThat(out.toString().lines())
        .containsExactly(
            "carrier     n", "-------  ----", "UA       1234", "<NULL>      5", "2 rows", "");
  }

  @Test
  void shouldTellChangesApartInAStream() {
    ResultText text = result(false, true);
    text.rows(List.of(row("+I", "UA", "1"), row("-U", "UA", "1"), row("+U", "UA", "2")));
    text.end();
    assertThat(out.toString().lines())
        .contains("op  carrier  n", "+I  UA       1", "-U  UA       1", "+U  UA       2");
  }

  @Test
  void shouldSayOkayForStatementsWithoutAResult() {
    ResultText text = new ResultText(new PrintWriter(out, true), true);
    text.columns(List.of(new SqlSession.Column("result", "VARCHAR")), false);
    text.rows(List.of(row("+I", "OK")));
    text.end();
    assertThat(out.toString().lines()).containsExactly("OK", "");
  }
}
