package io.millrace.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.millrace.pipeline.FormatOptions;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Protobuf messages as JSON, by the names of the descriptor: numbers are numbers (64-bit ones too),
 * bytes base64, enums their names, {@code google.protobuf.Timestamp} an ISO-8601 string, wrappers
 * their values.
 *
 * <p>A field without presence that is not on the wire has its default, as in every Protobuf reader;
 * one with presence ({@code optional}, messages) is absent. Fields that the descriptor does not
 * know are written as {@code field_<number>}: producers have a newer one.
 */
final class ProtobufTranscoder implements Transcoder {

  private static final Set<String> WRAPPERS =
      Set.of(
          "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int64Value",
          "google.protobuf.UInt64Value",
          "google.protobuf.Int32Value",
          "google.protobuf.UInt32Value",
          "google.protobuf.BoolValue",
          "google.protobuf.StringValue",
          "google.protobuf.BytesValue");

  private final Descriptor type;
  private final JsonBuffer buffer = new JsonBuffer();

  ProtobufTranscoder(Descriptor type) {
    this.type = type;
  }

  @Override
  public byte[] json(byte[] record) throws IOException {
    DynamicMessage message;
    try {
      message = DynamicMessage.parseFrom(type, record);
    } catch (InvalidProtocolBufferException malformed) {
      throw new IOException(type.getFullName() + ": " + malformed.getMessage(), malformed);
    }
    return buffer.write(out -> object(message, out));
  }

  private static void object(Message message, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isMapField()) {
        out.writeFieldName(field.getName());
        map((List<?>) message.getField(field), out);
      } else if (field.isRepeated()) {
        out.writeArrayFieldStart(field.getName());
        for (Object item : (List<?>) message.getField(field)) {
          value(field, item, out);
        }
        out.writeEndArray();
      } else if (!field.hasPresence() || message.hasField(field)) {
        out.writeFieldName(field.getName());
        value(field, message.getField(field), out);
      }
    }
    for (Map.Entry<Integer, UnknownFieldSet.Field> unknown :
        message.getUnknownFields().asMap().entrySet()) {
      out.writeFieldName("field_" + unknown.getKey());
      unknown(unknown.getValue(), out);
    }
    out.writeEndObject();
  }

  private static void map(List<?> entries, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (Object each : entries) {
      Message entry = (Message) each;
      List<FieldDescriptor> fields = entry.getDescriptorForType().getFields();
      out.writeFieldName(String.valueOf(entry.getField(fields.get(0))));
      value(fields.get(1), entry.getField(fields.get(1)), out);
    }
    out.writeEndObject();
  }

  private static void value(FieldDescriptor field, Object value, JsonGenerator out)
      throws IOException {
    switch (field.getJavaType()) {
      case INT ->
          out.writeNumber(unsigned(field) ? (Integer) value & 0xffffffffL : (Integer) value);
      case LONG -> {
        if (unsigned(field)) {
          out.writeNumber(Long.toUnsignedString((Long) value));
        } else {
          out.writeNumber((Long) value);
        }
      }
      case FLOAT -> out.writeNumber((Float) value);
      case DOUBLE -> out.writeNumber((Double) value);
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case STRING -> out.writeString((String) value);
      case BYTE_STRING -> out.writeBinary(((ByteString) value).toByteArray());
      case ENUM -> out.writeString(((EnumValueDescriptor) value).getName());
      case MESSAGE -> message((Message) value, out);
    }
  }

  private static boolean unsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, FIXED32, UINT64, FIXED64 -> true;
      default -> false;
    };
  }

  private static void message(Message value, JsonGenerator out) throws IOException {
    Descriptor type = value.getDescriptorForType();
    if (type.getFullName().equals("google.protobuf.Timestamp")) {
      long seconds = (Long) value.getField(type.findFieldByNumber(1));
      int nanos = (Integer) value.getField(type.findFieldByNumber(2));
      out.writeString(Instant.ofEpochSecond(seconds, nanos).toString());
    } else if (WRAPPERS.contains(type.getFullName())) {
      FieldDescriptor wrapped = type.findFieldByNumber(1);
      value(wrapped, value.getField(wrapped), out);
    } else {
      object(value, out);
    }
  }

  /** The last value of a field, as a reader with a newer descriptor would take it. */
  private static void unknown(UnknownFieldSet.Field field, JsonGenerator out) throws IOException {
    if (!field.getVarintList().isEmpty()) {
      out.writeNumber(last(field.getVarintList()));
    } else if (!field.getFixed64List().isEmpty()) {
      out.writeNumber(last(field.getFixed64List()));
    } else if (!field.getFixed32List().isEmpty()) {
      out.writeNumber(last(field.getFixed32List()));
    } else if (!field.getLengthDelimitedList().isEmpty()) {
      ByteString bytes = last(field.getLengthDelimitedList());
      if (bytes.isValidUtf8()) {
        out.writeString(bytes.toStringUtf8());
      } else {
        out.writeBinary(bytes.toByteArray());
      }
    } else {
      out.writeNull();
    }
  }

  private static <T> T last(List<T> values) {
    return values.get(values.size() - 1);
  }

  /**
   * @throws IllegalArgumentException naming the file
   */
  static Descriptor type(FormatOptions.Protobuf options) {
    try {
      Map<String, FileDescriptorProto> files = new HashMap<>();
      for (FileDescriptorProto file :
          FileDescriptorSet.parseFrom(options.descriptors()).getFileList()) {
        files.put(file.getName(), file);
      }
      Map<String, FileDescriptor> built = new HashMap<>();
      Set<String> names = new TreeSet<>();
      for (String name : files.keySet()) {
        for (Descriptor type : build(name, files, built).getMessageTypes()) {
          names.add(type.getFullName());
          Descriptor found = find(type, options.message());
          if (found != null) {
            return found;
          }
        }
      }
      throw new IllegalArgumentException(
          "there is no message %s in it; there are %s".formatted(options.message(), names));
    } catch (InvalidProtocolBufferException
        | DescriptorValidationException
        | IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "Protobuf descriptors "
              + options.file()
              + " cannot be used: "
              + malformed.getMessage()
              + "; write them with protoc --include_imports --descriptor_set_out",
          malformed);
    }
  }

  private static Descriptor find(Descriptor type, String name) {
    if (type.getFullName().equals(name)) {
      return type;
    }
    for (Descriptor nested : type.getNestedTypes()) {
      Descriptor found = find(nested, name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static FileDescriptor build(
      String name, Map<String, FileDescriptorProto> files, Map<String, FileDescriptor> built)
      throws DescriptorValidationException {
    FileDescriptor known = built.get(name);
    if (known != null) {
      return known;
    }
    FileDescriptorProto file = files.get(name);
    if (file == null) {
      throw new IllegalArgumentException("the imported file " + name + " is not in it");
    }
    FileDescriptor[] imports = new FileDescriptor[file.getDependencyCount()];
    for (int i = 0; i < imports.length; i++) {
      imports[i] = build(file.getDependency(i), files, built);
    }
    FileDescriptor descriptor = FileDescriptor.buildFrom(file, imports);
    built.put(name, descriptor);
    return descriptor;
  }
}
