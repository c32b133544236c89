# Sourced by the scripts beside it, after they noted the caller's folder in $caller and changed to the
# project's. Finds Java 17 and Maven, builds what is missing or out of date, and replaces the shell
# by one of Millrace's programs.
#
#   MILLRACE_JAVA_OPTS   further flags for the JVM, for example -Xmx4g
#   MILLRACE_MVN         the Maven to use (default: mvn)

# The same as flink.jvm.flags in pom.xml.
flink_jvm_flags=(
  --add-exports=java.base/sun.net.util=ALL-UNNAMED
  --add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED
  --add-opens=java.base/java.lang=ALL-UNNAMED
  --add-opens=java.base/java.lang.reflect=ALL-UNNAMED
  --add-opens=java.base/java.net=ALL-UNNAMED
  --add-opens=java.base/java.io=ALL-UNNAMED
  --add-opens=java.base/java.nio=ALL-UNNAMED
  --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
  --add-opens=java.base/java.text=ALL-UNNAMED
  --add-opens=java.base/java.time=ALL-UNNAMED
  --add-opens=java.base/java.util=ALL-UNNAMED
  --add-opens=java.base/java.util.concurrent=ALL-UNNAMED
  --add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED
  --add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED
)

# The room whose classes and dependencies a program runs with.
program_room=quickstart
# SQL is there for the tests of the jobs, whose dependencies Maven resolves even when they are not run.
product_modules=schemas,operators,sql,jobs
local_modules=$product_modules,testkit,quickstart
classpath_file=quickstart/target/classpath
job_jar=jobs/target/millrace-job.jar
flink_lib=cluster/target/lib

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# Sets $java to a Java 17 or newer, JAVA_HOME's or the first on the PATH, and $java_release to its
# version in full.
find_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  command -v "$java" >/dev/null || fail "no Java found: install a JDK 17, or name one in JAVA_HOME"
  local program version
  program=$(readlink -f "$(command -v "$java")") || program=$java
  # A JDK has a file that says its version, which is read faster than a JVM starts.
  java_release=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "${program%/bin/java}/release" 2>/dev/null) || true
  [[ -n $java_release ]] ||
    java_release=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/.*java\.runtime\.version = //p')
  version=${java_release%%[!0-9]*}
  [[ ${version:-0} -ge 17 ]] || fail "$java is Java $java_release, but Java 17 or newer is needed: name a JDK 17 in JAVA_HOME"
}

# maven WHAT ARGS...: runs Maven quietly, in the user's words; shows its output only when it fails.
maven() {
  local what=$1 log=var/build.log
  shift
  command -v "${MILLRACE_MVN:-mvn}" >/dev/null || fail "Maven is needed to build $what: install Maven 3.8 or newer, or name it in MILLRACE_MVN"
  mkdir -p var
  printf 'Building %s (the first time Maven downloads what it needs; log: %s) ...\n' "$what" "$log" >&2
  if ! "${MILLRACE_MVN:-mvn}" -q -B -ntp -DskipTests -Dspotless.check.skip=true -Denforcer.skip=true "$@" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "building $what failed; the whole log is $PWD/$log"
  fi
}

# outdated STAMP ROOM...: whether STAMP is missing or older than a source or pom of the rooms.
outdated() {
  local stamp=$1 room
  shift
  [[ -e $stamp ]] || return 0
  local watched=(pom.xml)
  for room in "$@"; do
    watched+=("$room/pom.xml")
    [[ -d $room/src/main ]] && watched+=("$room/src/main")
  done
  [[ -n $(find "${watched[@]}" -newer "$stamp" -print -quit) ]]
}

# The repackaged connector is slow to put together and hardly ever changes: it goes to the local
# Maven repository once, and is not part of the builds below.
build_connector() {
  local repository=${MILLRACE_M2:-$HOME/.m2/repository}
  local installed=$repository/io/millrace/millrace-postgres-cdc/0.1.0-SNAPSHOT/millrace-postgres-cdc-0.1.0-SNAPSHOT.jar
  if [[ ! -e $installed || postgres-cdc/pom.xml -nt $installed ]]; then
    maven "the Postgres connector" -pl postgres-cdc,. install
    touch "$installed"
  fi
}

build_programs() {
  # shellcheck disable=SC2086
  if outdated "$classpath_file" ${local_modules//,/ }; then
    build_connector
    maven "Millrace" -pl "$local_modules" compile dependency:build-classpath \
      -Dmdep.outputFile=target/classpath.part
    mv "$program_room/target/classpath.part" "$classpath_file"
  fi
}

build_job_jar() {
  if outdated "$job_jar" schemas operators jobs; then
    build_connector
    # The jobs' tests want the testkit, even when they are not run.
    maven "the job jar" -pl "$product_modules,testkit" package
    touch "$job_jar"
  fi
}

build_flink() {
  # A cluster that runs reads its classes from there until it ends.
  [[ -e $flink_lib && -e var/cluster/pids/jobmanager.pid ]] && return
  # What jobs share in a TaskManager lies in lib too, and so does the catalog of SQL, with everything
  # that it knows how to read.
  if outdated "$flink_lib" cluster schemas operators sql; then
    build_connector
    maven "Flink's lib folder" -pl schemas,testkit,operators,sql,cluster package
    touch "$flink_lib"
  fi
}

# launch MAIN ARGS...: becomes the program with this main class.
launch() {
  local main=$1
  shift
  find_java
  build_programs
  local opts=()
  read -ra opts <<<"${MILLRACE_JAVA_OPTS:-}"
  local home=$PWD classpath
  classpath=$home/$program_room/target/classes:$(<"$classpath_file")
  if [[ -n ${start_fast:-} ]]; then
    prepare_start
  fi
  # Files named on the command line are relative to where the user is.
  cd "$caller"
  # The console belongs to the program; what the libraries say goes to a file.
  exec "$java" "${flink_jvm_flags[@]}" -XX:+UseParallelGC ${launch_flags[@]+"${launch_flags[@]}"} \
    ${opts[@]+"${opts[@]}"} \
    -Dmillrace.home="$home" -Dmillrace.log="$home/var/log/${main##*.}.log" \
    -cp "$classpath" "$main" "$@"
}

# Flags of one program, set before launch.
launch_flags=()
