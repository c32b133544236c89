# Sourced by scripts/millrace: lets a command that takes seconds start fast. Most of them go by with
# loading classes of Flink and its planner, so the JVM keeps those in an archive (class data sharing),
# which is made once, and again when dependencies or Java change. See docs/decisions/0033-start.md.
#
# An archive holds classes of jars that the JVM's own class loader loads. So jars come first on the
# class path, and after them our folders, which change all the time; and Flink's planner and its RPC,
# which bring class loaders of their own, stand there unpacked. Their Scala is another than the
# broker's, which commands do not need.
#
#   MILLRACE_JAVA_OPTS=-Xshare:off   starts without the archive

start_fast=yes
start_folder=quickstart/target/start

# unpacked JAR NAME: unpacks a jar within a jar, once, and appends it to $libraries.
unpacked() {
  local to=$PWD/$start_folder
  if [[ ! -e $to/$2 || $1 -nt $to/$2 ]]; then
    mkdir -p "$to/part.$$" && (cd "$to/part.$$" && "${java%java}jar" xf "$1" "$2" && touch "$2") &&
      mv -f "$to/part.$$/$2" "$to" && rmdir "$to/part.$$" || return
  fi
  libraries+=("$to/$2")
}

# Takes the class path apart into $libraries, which an archive can hold, and $rooms.
take_apart() {
  local entry entries
  IFS=: read -ra entries <"$classpath_file" || true
  for entry in "${entries[@]}"; do
    case $entry in
      */kafka_2.13-*.jar | */scala-*.jar) ;;
      */flink-table-planner-loader-*.jar) unpacked "$entry" flink-table-planner.jar || return ;;
      */flink-rpc-akka-loader-*.jar) unpacked "$entry" flink-rpc-akka.jar || return ;;
      *.jar) libraries+=("$entry") ;;
      *) rooms+=("$entry") ;;
    esac
  done
}

# Makes the archive: runs commands over a few rows to see which classes they load.
archive_classes() {
  local part=$start_folder/classes.part.$$ flags=(-XX:TieredStopAtLevel=1 "${flink_jvm_flags[@]}")
  printf 'Preparing faster starts, once for this Java and these dependencies (half a minute) ...\n' >&3
  "$java" "${flags[@]}" -Xshare:off -XX:DumpLoadedClassList="$part.all" \
    -Dmillrace.home="$PWD" -Dmillrace.log="$PWD/var/log/Rehearsal.log" -cp "$archived:$others" \
    io.millrace.quickstart.start.Rehearsal conf/pipelines/*.yaml &&
    sed '/io\/millrace/d' "$part.all" >"$part" &&
    "$java" "${flags[@]}" -Xshare:dump -XX:SharedClassListFile="$part" \
      -XX:SharedArchiveFile="$part.jsa" -cp "$archived" &&
    mv -f "$part.jsa" "$start_folder/classes.jsa"
  local status=$?
  rm -f "$part"*
  return $status
}

# Called by launch: sets $classpath and adds to the flags. Without an archive, for whatever reason,
# commands work as well.
prepare_start() {
  local libraries=() rooms=("$PWD/$program_room/target/classes") key=$start_folder/key log=var/build.log
  mkdir -p "$start_folder" var/log && take_apart 2>>"$log" || return 0
  local archived others entry stale=
  printf -v archived '%s:' "${libraries[@]}"
  printf -v others '%s:' "${rooms[@]}"
  archived=${archived%:} others=${others%:}
  [[ -e $key && $(<"$key") == "$java_release:$archived" ]] || stale=yes
  # What was installed anew under its old name makes the JVM refuse the archive.
  for entry in "${libraries[@]}"; do
    [[ ! $entry -nt $key ]] || stale=yes
  done
  if [[ -n $stale ]]; then
    rm -f "$start_folder/classes.jsa"
    archive_classes 3>&2 >>"$log" 2>&1 ||
      printf 'Starts stay as slow as they are; the reason is in %s\n' "$PWD/$log" >&2
    printf '%s\n' "$java_release:$archived" >"$key"
  fi
  classpath=$archived:$others
  [[ ! -e $start_folder/classes.jsa ]] ||
    launch_flags+=(-XX:SharedArchiveFile="$PWD/$start_folder/classes.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off)
}
