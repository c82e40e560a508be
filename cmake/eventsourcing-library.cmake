# The library: headers and what they link to.

if(NOT TARGET nlohmann_json::nlohmann_json)
    find_package(nlohmann_json 3.10 QUIET)
    if(NOT nlohmann_json_FOUND)
        message(FATAL_ERROR "eventsourcing needs nlohmann_json >= 3.10, which was not found: install"
            " nlohmann-json3-dev (its name in Debian and Ubuntu), add its prefix to CMAKE_PREFIX_PATH,"
            " or bring nlohmann_json::nlohmann_json in before eventsourcing.")
    endif()
endif()
find_package(Threads REQUIRED)

include(cmake/eventsourcing-components.cmake)

# ---- Headers: `verified` stand alone with the two libraries above, `optional` need one more ----------
file(GLOB_RECURSE verified CONFIGURE_DEPENDS include/eventsourcing/*.hpp)
set(optional ${verified})
set(needs_more "/include/eventsourcing/(testing/catch2\\.hpp$")
foreach(row IN LISTS eventsourcing_components)
    separate_arguments(row UNIX_COMMAND "${row}")
    list(POP_FRONT row component package version target debian_package)
    string(APPEND needs_more "|engines/${component}[./]|${component}/")
    foreach(engine IN LISTS row)
        string(APPEND needs_more "|engines/${engine}\\.hpp$")
    endforeach()
endforeach()
foreach(row IN LISTS eventsourcing_pairs)
    separate_arguments(row UNIX_COMMAND "${row}")
    list(POP_FRONT row name)
    string(APPEND needs_more "|engines/${name}[./]")
endforeach()
string(APPEND needs_more ")")
list(FILTER verified EXCLUDE REGEX "${needs_more}")
list(FILTER optional INCLUDE REGEX "${needs_more}")

add_library(eventsourcing INTERFACE)
add_library(eventsourcing::eventsourcing ALIAS eventsourcing)
target_compile_features(eventsourcing INTERFACE cxx_std_20)
target_link_libraries(eventsourcing INTERFACE nlohmann_json::nlohmann_json Threads::Threads)
target_sources(eventsourcing INTERFACE
    FILE_SET HEADERS BASE_DIRS include FILES ${verified}
    FILE_SET optional_headers TYPE HEADERS BASE_DIRS include FILES ${optional})
set_target_properties(eventsourcing PROPERTIES
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL}
    INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
if(NOT PROJECT_IS_TOP_LEVEL) # for users these are system headers, as those of an installed package are
    target_include_directories(eventsourcing SYSTEM INTERFACE
        "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>")
endif()

# ---- Components -------------------------------------------------------------------------------------
set(eventsourcing_offered "")
foreach(row IN LISTS eventsourcing_components)
    separate_arguments(row UNIX_COMMAND "${row}")
    list(POP_FRONT row component package version target debian_package)
    set(folder "${PROJECT_SOURCE_DIR}/include/eventsourcing")
    if(NOT EXISTS "${folder}/engines/${component}.hpp" AND NOT EXISTS "${folder}/${component}")
        continue()
    endif()
    list(APPEND eventsourcing_offered ${component})
    set(${component}_headers ${component} ${row})

    string(TOUPPER "EVENTSOURCING_WITH_${component}" with)
    set(${with} AUTO CACHE STRING "eventsourcing::${component}: AUTO (where its library is found), ON or OFF")
    set_property(CACHE ${with} PROPERTY STRINGS AUTO ON OFF)
    if(${with} STREQUAL "OFF")
        continue()
    endif()
    eventsourcing_find_component(${component})
    if(${component}_missing)
        if(${with} STREQUAL "AUTO")
            message(STATUS "Left out: ${${component}_missing}")
            continue()
        endif()
        message(FATAL_ERROR "${${component}_missing} Or leave it out: -D${with}=OFF.")
    endif()

    set(headers ${${component}_headers})
    list(TRANSFORM headers REPLACE "(.+)" "include/eventsourcing/engines/\\1.hpp")
    file(GLOB headers CONFIGURE_DEPENDS ${headers} include/eventsourcing/engines/${component}/*.hpp
        include/eventsourcing/${component}/*.hpp)
    add_library(eventsourcing_${component} INTERFACE)
    add_library(eventsourcing::${component} ALIAS eventsourcing_${component})
    target_link_libraries(eventsourcing_${component} INTERFACE eventsourcing ${${component}_library})
    target_sources(eventsourcing_${component} INTERFACE FILE_SET HEADERS BASE_DIRS include FILES ${headers})
    set_target_properties(eventsourcing_${component} PROPERTIES
        VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
endforeach()

# Whoever uses the header of a pair links to both components; here they are only verified.
foreach(row IN LISTS eventsourcing_pairs)
    separate_arguments(row UNIX_COMMAND "${row}")
    list(POP_FRONT row name)
    list(TRANSFORM row PREPEND "eventsourcing::")
    set(${name}_missing "")
    foreach(component IN LISTS row)
        if(NOT TARGET ${component})
            set(${name}_missing ${component})
        endif()
    endforeach()
    if(${name}_missing)
        message(STATUS "Left out: engines/${name}.hpp needs ${${name}_missing}.")
    elseif(PROJECT_IS_TOP_LEVEL)
        file(GLOB headers CONFIGURE_DEPENDS include/eventsourcing/engines/${name}.hpp
            include/eventsourcing/engines/${name}/*.hpp)
        add_library(eventsourcing_${name} INTERFACE)
        target_link_libraries(eventsourcing_${name} INTERFACE ${row})
        target_sources(eventsourcing_${name} INTERFACE FILE_SET HEADERS BASE_DIRS include FILES ${headers})
        set_target_properties(eventsourcing_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
    endif()
endforeach()
