# ctest reads this file when it starts: each test case of the binary `binary` becomes a test named
# "<folder>: <test case>", labelled by its tag: [laws], [eventstoredb] (which runs against the server that
# EVENTSOURCING_TEST_ESDB names, if it is set) or [eventstoredb-fake], and `unit` elsewhere. Hidden test
# cases, tagged [.something], are left out. A binary that names no test case (it is not built, or has two of
# one name) is one test, which fails.
# `list_names` is what makes this version of Catch2 print the bare names.
set(labels laws eventstoredb eventstoredb-fake)
set(found FALSE)
foreach(label IN ITEMS unit ${labels})
    set(tags "[${label}]~[.]")
    if(label STREQUAL "unit")
        list(TRANSFORM labels REPLACE "(.+)" "~[\\1]" OUTPUT_VARIABLE tags)
        list(JOIN tags "" tags)
        string(APPEND tags "~[.]")
    endif()
    set(names "")
    if(EXISTS "${binary}")
        execute_process(COMMAND "${binary}" "${tags}" ${list_names} OUTPUT_VARIABLE names ERROR_QUIET)
    endif()
    # Not a CMake list: names may hold semicolons and brackets.
    set(cost 0)
    if(label STREQUAL "laws") # some wait for long; with a higher cost they begin early
        set(cost 50)
    endif()
    while(names MATCHES "^([^\n]+)\n(.*)$")
        set(found TRUE)
        set(name "${CMAKE_MATCH_1}")
        set(names "${CMAKE_MATCH_2}")
        string(REGEX REPLACE "([][,\"\\\\~])" "\\\\\\1" escaped "${name}")
        add_test("${folder}: ${name}" "${binary}" "${escaped}")
        set_tests_properties("${folder}: ${name}" PROPERTIES
            LABELS ${label} COST ${cost} WORKING_DIRECTORY "${scratch}" TIMEOUT ${hang}
            SKIP_RETURN_CODE 77) # tests/throw_or_skip.hpp
    endwhile()
endforeach()
if(NOT found)
    add_test("${folder}: has tests" "${binary}")
endif()
