# Installs a package that can be moved: header-only, so it serves every architecture.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/eventsourcing")

install(TARGETS eventsourcing EXPORT eventsourcing-targets
    FILE_SET HEADERS FILE_SET optional_headers)
install(EXPORT eventsourcing-targets NAMESPACE eventsourcing:: DESTINATION "${package_dir}")

configure_package_config_file(cmake/eventsourcing-config.cmake.in eventsourcing-config.cmake
    INSTALL_DESTINATION "${package_dir}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(eventsourcing-config-version.cmake
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)
install(FILES
    "${PROJECT_BINARY_DIR}/eventsourcing-config.cmake"
    "${PROJECT_BINARY_DIR}/eventsourcing-config-version.cmake"
    cmake/eventsourcing-components.cmake
    DESTINATION "${package_dir}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
