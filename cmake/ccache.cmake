# Compiles through ccache where it is installed. The presets include this file, and nothing else does.
find_program(CCACHE ccache)
if(CCACHE)
    # precompiled headers are compared by their contents, as they must be
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()
mark_as_advanced(CCACHE)
