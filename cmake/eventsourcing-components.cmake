# The optional components, once: for the build tree and, installed beside eventsourcing-config.cmake,
# for find_package. A component is one header, engines/<component>.hpp (with its parts in
# engines/<component>/), or a folder <component>/, and one library. The headers are always installed; the
# library is looked for on the machine that uses them. A row is offered as soon as its header or folder is in
# the tree. After the Debian package come the other headers that need the library, each engines/<name>.hpp.
#
#    component   package     version  target                  Debian package        also
set(eventsourcing_components
    "sqlite      SQLite3     3.37     SQLite::SQLite3         libsqlite3-dev"
    "curl        CURL        7.88     CURL::libcurl           libcurl4-openssl-dev  eventstoredb"
    "postgresql  PostgreSQL  15       PostgreSQL::PostgreSQL  libpq-dev"
    "nats        Nats        3.4      Nats::nats              libnats-dev"
    "kafka       RdKafka     2.0      RdKafka::rdkafka        librdkafka-dev"
    "personal    OpenSSL     3.0      OpenSSL::Crypto         libssl-dev"
    "tool        CLI11       2.1      CLI11::CLI11            libcli11-dev"
)

# Headers engines/<name>.hpp (with parts in engines/<name>/) that need two components.
#
#    name         needs
set(eventsourcing_pairs
    "sqlite_keys  sqlite personal"
)

# Looks for the library of `component`. Sets <component>_library to its target, or else
# <component>_missing to a sentence that names the package to install.
function(eventsourcing_find_component component)
    list(FILTER eventsourcing_components INCLUDE REGEX "^${component} ")
    separate_arguments(row UNIX_COMMAND "${eventsourcing_components}")
    list(POP_FRONT row name package version target debian_package)

    find_package(${package} ${version} QUIET)
    if(TARGET ${target})
        set(${component}_library ${target} PARENT_SCOPE)
        unset(${component}_missing PARENT_SCOPE)
    else()
        unset(${component}_library PARENT_SCOPE)
        set(${component}_missing
            "eventsourcing::${component} needs ${package} >= ${version}, which was not found:\
 install ${debian_package} (its name in Debian and Ubuntu) or add its prefix to CMAKE_PREFIX_PATH."
            PARENT_SCOPE)
    endif()
endfunction()
