package io.millrace.sql.topics;

import io.millrace.pii.Mask;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * What becomes of each column of a row before a query sees it. Texts that are hidden keep their
 * shape, see {@link Mask}; other hidden values are null. Hidden texts that tell rows apart also get
 * a pseudonym: the same value has the same one within one catalog, and nowhere else.
 */
public final class RowMask implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String MAC = "HmacSHA256";
  private static final int PSEUDONYM_BYTES = 8;

  /** What becomes of a column. */
  public enum Treatment {
    KEEP,
    /** Texts are masked, other values null. */
    HIDE,
    /** Always null. */
    NOTHING,
    /** As a text: masked, with a pseudonym, so that different values stay different. */
    PSEUDONYM,
    /** Timestamps lose what is below milliseconds: as watermarks want it. */
    TO_MILLIS
  }

  private final Treatment[] treatments;
  private final LogicalType[] types;
  private final RowData.FieldGetter[] getters;
  private final byte[] secret;
  private final boolean keepsAll;
  private transient Mac mac;

  /**
   * @param type of the rows as they are read
   * @param treatments one per column
   * @param secret what pseudonyms are made with
   */
  public RowMask(RowType type, Treatment[] treatments, byte[] secret) {
    this.types = type.getChildren().toArray(LogicalType[]::new);
    this.treatments = treatments.clone();
    this.getters = new RowData.FieldGetter[types.length];
    for (int i = 0; i < types.length; i++) {
      getters[i] = RowData.createFieldGetter(types[i].copy(true), i);
    }
    this.secret = secret.clone();
    boolean all = true;
    for (Treatment treatment : treatments) {
      all &= treatment == Treatment.KEEP;
    }
    this.keepsAll = all;
  }

  /** Whether rows stay as they are. */
  public boolean keepsAll() {
    return keepsAll;
  }

  /** The row that a query sees; may be the same object, changed. */
  public RowData apply(RowData row) {
    if (keepsAll) {
      return row;
    }
    GenericRowData shown =
        row instanceof GenericRowData generic ? generic : new GenericRowData(row.getArity());
    shown.setRowKind(row.getRowKind());
    for (int i = 0; i < treatments.length; i++) {
      Object value = getters[i].getFieldOrNull(row);
      shown.setField(i, value == null ? null : treat(treatments[i], types[i], value));
    }
    return shown;
  }

  private Object treat(Treatment treatment, LogicalType type, Object value) {
    return switch (treatment) {
      case KEEP -> value;
      case TO_MILLIS -> TimestampData.fromEpochMillis(((TimestampData) value).getMillisecond());
      case HIDE ->
          type.is(LogicalTypeFamily.CHARACTER_STRING)
              ? StringData.fromString(Mask.mask(value.toString()))
              : null;
      case NOTHING -> null;
      case PSEUDONYM -> StringData.fromString(pseudonym(type, value));
    };
  }

  private String pseudonym(LogicalType type, Object value) {
    String text =
        type.is(LogicalTypeRoot.BINARY) || type.is(LogicalTypeRoot.VARBINARY)
            ? HexFormat.of().formatHex((byte[]) value)
            : value.toString();
    byte[] code = mac().doFinal(text.getBytes(StandardCharsets.UTF_8));
    return Mask.mask(text) + "#" + HexFormat.of().formatHex(code, 0, PSEUDONYM_BYTES);
  }

  private Mac mac() {
    if (mac == null) {
      try {
        mac = Mac.getInstance(MAC);
        mac.init(new SecretKeySpec(secret, MAC));
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("every Java platform has " + MAC, e);
      }
    }
    return mac;
  }

  /** The type of a column after its treatment. */
  public static LogicalType typeAfter(Treatment treatment, LogicalType type) {
    return switch (treatment) {
      case KEEP -> type;
      case HIDE -> type.is(LogicalTypeFamily.CHARACTER_STRING) ? type : type.copy(true);
      case NOTHING -> type.copy(true);
      case PSEUDONYM -> new VarCharType(type.isNullable(), VarCharType.MAX_LENGTH);
      case TO_MILLIS -> atMillis(type);
    };
  }

  private static LogicalType atMillis(LogicalType type) {
    int precision = Math.min(3, LogicalTypeChecks.getPrecision(type));
    return type.is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE)
        ? new LocalZonedTimestampType(type.isNullable(), precision)
        : new TimestampType(type.isNullable(), precision);
  }
}
