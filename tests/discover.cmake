# ctest reads this file when it starts: each test case of the binary `binary` becomes a test named
# "<folder>: <test case>", labelled `laws` where it is tagged [laws] and `unit` elsewhere. Hidden test
# cases, tagged [.something], are left out.
# `list_names` is what makes this version of Catch2 print the bare names.
foreach(label IN ITEMS unit laws)
    set(tags "[laws]~[.]")
    if(label STREQUAL "unit")
        set(tags "~[laws]~[.]")
    endif()
    set(names "")
    if(EXISTS "${binary}")
        execute_process(COMMAND "${binary}" "${tags}" ${list_names} OUTPUT_VARIABLE names)
    elseif(label STREQUAL "unit")
        add_test("${folder}: is built" "${binary}")
    endif()
    # Not a CMake list: names may hold semicolons and brackets.
    while(names MATCHES "^([^\n]+)\n(.*)$")
        set(name "${CMAKE_MATCH_1}")
        set(names "${CMAKE_MATCH_2}")
        string(REGEX REPLACE "([][,\"\\\\~])" "\\\\\\1" escaped "${name}")
        add_test("${folder}: ${name}" "${binary}" "${escaped}")
        set_tests_properties("${folder}: ${name}" PROPERTIES
            LABELS ${label} WORKING_DIRECTORY "${scratch}" TIMEOUT 120)
    endwhile()
endforeach()
