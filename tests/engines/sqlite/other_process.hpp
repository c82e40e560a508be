// SPDX-License-Identifier: MIT
// A second process that uses files, as the test tells it to.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_OTHER_PROCESS_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_OTHER_PROCESS_HPP

#include "engines/sqlite/support.hpp"

#include <csignal>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace sqlite_tests {

/// A child that answers commands, each of one character. Forked when it is made, which must be
/// before this process opens the files that it uses; gone when it ends.
class ObedientProcess {
public:
    /// The child answers a command with `obey(command)`.
    template <class Obey>
    explicit ObedientProcess(Obey obey) {
        REQUIRE(::pipe(down_) == 0);
        REQUIRE(::pipe(up_) == 0);
        REQUIRE(::pipe(life_) == 0);
        child_ = in_child([&] {
            ::close(down_[1]);
            ::close(up_[0]);
            ::close(life_[1]);
            char command = 0;
            while (::read(down_[0], &command, 1) == 1) {
                const char answer = obey(command);
                if (::write(up_[1], &answer, 1) != 1)
                    return 1;
            }
            return 0;
        });
        ::close(down_[0]);
        ::close(up_[1]);
        ::close(life_[0]);
    }
    ~ObedientProcess() {
        ::close(down_[1]);
        ::close(up_[0]);
        ::close(life_[1]);
        if (child_ > 0)
            ::waitpid(child_, nullptr, 0);
    }
    ObedientProcess(const ObedientProcess&) = delete;
    ObedientProcess& operator=(const ObedientProcess&) = delete;

    int ask(char command) {
        REQUIRE(::write(down_[1], &command, 1) == 1);
        char answer = 0;
        REQUIRE(::read(up_[0], &answer, 1) == 1);
        return answer;
    }
    void kill() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        child_ = 0;
    }

    /// In a child of the child: waits until this object is destroyed in the test's process.
    void outlive_child() {
        char none = 0;
        ::close(down_[0]);
        ::close(up_[1]);
        static_cast<void>(::read(life_[0], &none, 1));
    }

private:
    int down_[2]{};
    int up_[2]{};
    int life_[2]{}; // at its end when this object is destroyed
    pid_t child_ = 0;
};

/// A process that opens a store.
class OtherProcess {
public:
    explicit OtherProcess(std::string path) : path_(std::move(path)) {}

    bool open() { return ask('o') == 1; }
    bool append() { return ask('a') == 1; }
    int count() { return ask('n'); }
    void close() { ask('c'); }
    /// Reads and goes, without this library, as the program sqlite3 does.
    int count_with_plain_sqlite() { return ask('s'); }
    /// Forks a child that lives on until this object is destroyed.
    void fork_a_child() { ask('f'); }
    void kill() { process_.kill(); }

private:
    int ask(char command) { return process_.ask(command); }

    char obey(char command) {
        switch (command) {
        case 'o':
            if (auto opened = es::SqliteStore::open(path_))
                store_ = *std::move(opened);
            return store_ ? 1 : 0;
        case 'a': {
            const auto one = event();
            return store_->append_unchecked("combat-ogre", es::EventBatch({&one, 1})) ? 1 : 0;
        }
        case 'n': {
            const auto page = store_->read_all();
            return page ? static_cast<char>(page->records().size()) : -1;
        }
        case 'c':
            store_->close();
            store_.reset();
            return 1;
        case 's':
            return static_cast<char>(std::stoi(Raw(path_).value("SELECT count(*) FROM es_events")));
        case 'f': {
            int begun[2]{};
            if (::pipe(begun) != 0)
                return 0;
            if (::fork() == 0) {
                ::alarm(1'200);
                char none = 0;
                static_cast<void>(::write(begun[1], &none, 1)); // the locks are given back
                process_.outlive_child();
                ::_exit(0);
            }
            char none = 0;
            const bool has_begun = ::read(begun[0], &none, 1) == 1;
            ::close(begun[0]);
            ::close(begun[1]);
            return has_begun ? 1 : 0;
        }
        default:
            return 0;
        }
    }

    const std::string path_;
    std::optional<es::SqliteStore> store_{};
    /// The last member: the child has the others.
    ObedientProcess process_{[this](char command) { return obey(command); }};
};

} // namespace sqlite_tests

#endif
