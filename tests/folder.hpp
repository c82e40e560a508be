// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_FOLDER_HPP
#define EVENTSOURCING_TESTS_FOLDER_HPP

#include "catch.hpp"

#include <cstdint>
#include <filesystem>
#include <stdlib.h> // mkdtemp
#include <string>
#include <system_error>
#include <unistd.h>

// Places for the files of tests.
namespace test_files {

/// Memory, where the system has files in it and there is room, else the usual place for temporary
/// files: for tests that make many files and have no use for a real disk.
inline std::filesystem::path fast_place() {
    constexpr std::uintmax_t room = 256U << 20U;
    const std::filesystem::path memory = "/dev/shm";
    std::error_code none;
    const bool fits = std::filesystem::space(memory, none).available >= room && !none;
    return fits && ::access(memory.c_str(), W_OK) == 0 ? memory
                                                       : std::filesystem::temp_directory_path();
}

/// A new folder, removed with what is in it. Tests run side by side, each in a process of its own
/// and all in one working directory, so that a file with a fixed name is another test's file too.
class Folder {
public:
    explicit Folder(const std::filesystem::path& where = std::filesystem::temp_directory_path()) {
        std::string name = where / "es-test-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

} // namespace test_files

#endif
