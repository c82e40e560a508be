// SPDX-License-Identifier: MIT
// Programs that speak TLS on the loopback interface, with a certificate that an authority of its
// own has signed, for localhost.
#ifndef EVENTSOURCING_TESTS_ENGINES_CURL_TLS_PROCESS_HPP
#define EVENTSOURCING_TESTS_ENGINES_CURL_TLS_PROCESS_HPP

#include "engines/http/loopback_server.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace tls_tests {

/// Made by the openssl program, in a folder that is removed with it.
class Certificates {
public:
    Certificates() {
        std::filesystem::create_directories(folder_);
        const std::string key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";
        made_ = run("openssl req -x509 -days 2 -subj /CN=authority" + key + "-keyout " +
                    file("ca.key") + " -out " + ca_file()) &&
                run("openssl req -subj /CN=localhost" + key + "-keyout " + key_file() + " -out " +
                    file("request.pem")) &&
                run("sh -c 'printf subjectAltName=DNS:localhost >" + file("names") + "'") &&
                run("openssl x509 -req -days 2 -in " + file("request.pem") + " -CA " + ca_file() +
                    " -CAkey " + file("ca.key") + " -CAcreateserial -extfile " + file("names") +
                    " -out " + certificate_file());
    }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;
    ~Certificates() { std::filesystem::remove_all(folder_); }

    /// Whether there is an openssl program.
    [[nodiscard]] bool made() const { return made_; }
    [[nodiscard]] std::string ca_file() const { return file("ca.pem"); }
    [[nodiscard]] std::string key_file() const { return file("key.pem"); }
    [[nodiscard]] std::string certificate_file() const { return file("cert.pem"); }
    [[nodiscard]] std::string file(const char* name) const { return (folder_ / name).string(); }

private:
    static bool run(const std::string& command) {
        return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
    }

    std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                    ("eventsourcing-tls-" + std::to_string(::getpid()));
    bool made_ = false;
};

/// A program that ends with this, or with the tests.
class Process {
public:
    explicit Process(std::vector<std::string> arguments) {
        std::vector<char*> raw;
        for (std::string& argument : arguments)
            raw.push_back(argument.data());
        raw.push_back(nullptr);
        process_ = ::fork();
        if (process_ != 0)
            return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::close(STDIN_FILENO);
        ::close(STDOUT_FILENO);
        ::close(STDERR_FILENO);
        ::execvp(raw[0], raw.data());
        std::_Exit(127);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() {
        if (process_ > 0 && !ended_) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
    }

    /// Whether it has ended by itself.
    [[nodiscard]] bool ended() {
        ended_ = ended_ || (process_ > 0 && ::waitpid(process_, &status_, WNOHANG) == process_);
        return ended_ || process_ < 0;
    }
    /// Whether there is no such program.
    [[nodiscard]] bool not_found() {
        return ended() && WIFEXITED(status_) && WEXITSTATUS(status_) == 127;
    }

private:
    pid_t process_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

/// A program that listens on a port. If it ends before it is there, since another program has taken
/// the port meanwhile, it is started again on another one.
class Listener {
public:
    /// `arguments(port)` starts it, and `is_there(port)` says whether it, and no other, has
    /// answered.
    template <class Arguments, class IsThere>
    Listener(const Arguments& arguments, const IsThere& is_there) {
        for (int tries = 0; !there_ && !not_found() && tries < 20; ++tries) {
            port_ = loopback::TakenPort().port();
            process_.emplace(arguments(port_));
            while (!there_ && !process_->ended()) {
                there_ = is_there(port_);
                if (!there_)
                    std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        }
    }

    [[nodiscard]] bool is_there() const { return there_; }
    /// Whether there is no such program.
    [[nodiscard]] bool not_found() { return process_ && process_->not_found(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    std::optional<Process> process_;
    std::uint16_t port_ = 0;
    bool there_ = false;
};

} // namespace tls_tests

#endif
