package io.millrace.records;

import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Type of records whose form is known only when a job is built, such as those that hold rows. To
 * Flink they are one value without parts, and no key. Subclasses say when two are equal.
 */
public abstract class RecordTypeInfo<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;

  protected RecordTypeInfo(Class<T> type) {
    this.type = type;
  }

  @Override
  public final Class<T> getTypeClass() {
    return type;
  }

  @Override
  public final boolean isBasicType() {
    return false;
  }

  @Override
  public final boolean isTupleType() {
    return false;
  }

  @Override
  public final boolean isKeyType() {
    return false;
  }

  @Override
  public final int getArity() {
    return 1;
  }

  @Override
  public final boolean canEqual(Object other) {
    return getClass().isInstance(other);
  }
}
