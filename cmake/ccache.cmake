# Compiles through ccache where it is installed. The presets include this file, and nothing else does.
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()
mark_as_advanced(CCACHE)
