// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_SQLITE_FILES_HPP
#define EVENTSOURCING_BENCHMARKS_SQLITE_FILES_HPP

#include <cstdlib>
#include <filesystem>
#include <string>

/// A new folder in memory, or in `BENCHMARK_FOLDER`; removed with what is in it.
class BenchmarkFolder {
public:
    BenchmarkFolder() {
        const char* const chosen = std::getenv("BENCHMARK_FOLDER");
        path_ = std::string(chosen ? chosen : "/dev/shm") + "/es-benchmark-XXXXXX";
        if (!::mkdtemp(path_.data()))
            std::abort();
    }
    ~BenchmarkFolder() { std::filesystem::remove_all(path_); }
    BenchmarkFolder(const BenchmarkFolder&) = delete;
    BenchmarkFolder& operator=(const BenchmarkFolder&) = delete;

    [[nodiscard]] std::string operator/(const std::string& name) const {
        return path_ + "/" + name;
    }

private:
    std::string path_;
};

#endif
