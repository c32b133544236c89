package io.millrace.formats;

import static io.millrace.formats.FormatFixture.admit;
import static io.millrace.formats.FormatFixture.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin.Format;
import io.millrace.records.DeadLetterReason;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CsvFormatTest {

  private static final FormatOptions.Csv PLAIN = new FormatOptions.Csv(List.of(), ',', '"', "");

  @Test
  void shouldReadALineByTheContractsTypes() {
    assertThat(read(PLAIN, "o1,3,12.50,true,2013-01-01T10:15:00.123Z\n"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "order_id", "o1",
                "amount", "3",
                "price", "12.50",
                "paid", "true",
                "at", "2013-01-01T10:15:00.123"));
  }

  @Test
  void shouldTellAnEmptyTextFromNothing() {
    assertThat(read(PLAIN, "\"\",3,,,")).isEqualTo(Map.of("order_id", "", "amount", "3"));
  }

  @Test
  void shouldReadWhatALibraryHasWritten() throws Exception {
    String line =
        new CsvMapper()
            .writeValueAsString(
                new String[] {"say \"hi\",\nthere", "-7", "1e1", "false", FormatFixture.AT});

    assertThat(read(PLAIN, line))
        .containsEntry("order_id", "say \"hi\",\nthere")
        .containsEntry("amount", "-7")
        .containsEntry("price", "10.00")
        .containsEntry("paid", "false");
  }

  @Test
  void shouldKnowOtherDelimitersQuotesNullsAndColumns() {
    FormatOptions.Csv options =
        new FormatOptions.Csv(List.of("amount", "order_id", "colour", "paid"), ';', '\'', "\\N");

    assertThat(read(options, "3;'a;b';red;\\N"))
        .isEqualTo(Map.of("order_id", "a;b", "amount", "3", "+colour", "\"red\""));
  }

  @Test
  void shouldRefuseWhatIsNoValueOfTheContract() {
    assertThat(refused("o1,three,,,").field()).isEqualTo("amount");
    assertThat(refused("o1,03,,,").reason()).isEqualTo(DeadLetterReason.WRONG_TYPE);
    assertThat(refused("o1,3.5,,,").reason()).isEqualTo(DeadLetterReason.WRONG_TYPE);
    assertThat(refused("o1,,,,").reason()).isEqualTo(DeadLetterReason.MISSING_FIELD);
  }

  @Test
  void shouldRefuseLinesOfAnotherShape() {
    assertThat(refused("o1,3").message()).contains("2 values where 5 columns are expected");
    assertThat(refused("o1,3,,,\no2,4,,,").reason()).isEqualTo(DeadLetterReason.TRAILING_DATA);
    assertThat(refused("\"o1,3,,,").reason()).isEqualTo(DeadLetterReason.NOT_IN_FORMAT);
    assertThat(refused("").reason()).isEqualTo(DeadLetterReason.NOT_IN_FORMAT);
    Ingested latin1 = admit(guard(PLAIN), new byte[] {'o', (byte) 0xe9, ',', '3', ',', ',', ','});
    assertThat(latin1.deadLetter().reason()).isEqualTo(DeadLetterReason.INVALID_ENCODING);
  }

  @Test
  void shouldNeverFailWhateverTheBytes() {
    long seed = System.nanoTime();
    System.out.println("CsvFormatTest seed " + seed);
    Random random = new Random(seed);
    Guard guard = guard(PLAIN);
    String alphabet = "o1,\"\n\r\t3.e- x";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder line = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        line.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }

      Ingested ingested = admit(guard, line.toString().getBytes(UTF_8));

      assertThat(ingested.isRow() || ingested.isDeadLetter()).isTrue();
    }
  }

  private static Map<String, Object> read(FormatOptions.Csv options, String line) {
    Ingested ingested = admit(guard(options), line.getBytes(UTF_8));
    assertThat(ingested.deadLetter()).isNull();
    return values(ingested.row());
  }

  private static io.millrace.records.DeadLetter refused(String line) {
    return admit(guard(PLAIN), line.getBytes(UTF_8)).deadLetter();
  }

  private static Guard guard(FormatOptions.Csv options) {
    return FormatFixture.guard(FormatFixture.orders(Format.CSV, options));
  }
}
