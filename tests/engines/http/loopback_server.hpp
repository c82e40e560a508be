// SPDX-License-Identifier: MIT
// A real HTTP/1.1 server on a free port of the loopback interface, for tests: what a request is
// answered is up to a function, down to the bytes, and to the moment when the connection is lost.
#ifndef EVENTSOURCING_TESTS_ENGINES_HTTP_LOOPBACK_SERVER_HPP
#define EVENTSOURCING_TESTS_ENGINES_HTTP_LOOPBACK_SERVER_HPP

#include <eventsourcing/engines/http/message.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace loopback {

using Headers = std::vector<eventsourcing::MessageHeader>;

/// A request as it came, its body without chunks.
struct Request {
    std::string method;
    std::string target;
    std::string version;
    Headers headers;
    std::string body;
    bool malformed = false;
    /// The how manieth of its connection, from 1.
    std::size_t number = 0;

    [[nodiscard]] const std::string* header(std::string_view name) const {
        const auto same = [](char a, char b) {
            return eventsourcing::detail::to_lower(a) == eventsourcing::detail::to_lower(b);
        };
        for (const auto& header : headers)
            if (std::equal(header.name.begin(), header.name.end(), name.begin(), name.end(), same))
                return &header.value;
        return nullptr;
    }
};

/// What goes back: these bytes, and then the connection stays or goes.
struct Reply {
    std::string bytes;
    bool close = false;
};

/// `status` is "201 Created".
inline std::string response(std::string_view status, const Headers& headers = {},
                            std::string_view body = {}) {
    std::string out = "HTTP/1.1 ";
    out.append(status).append("\r\n");
    for (const auto& [name, value] : headers)
        out.append(name).append(": ").append(value).append("\r\n");
    out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return out.append(body);
}

/// A port of the loopback interface that is taken; nobody listens, so that connections are refused.
class TakenPort {
public:
    TakenPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const raw = reinterpret_cast<sockaddr*>(&address);
        if (fd_ < 0 || ::bind(fd_, raw, size) != 0 || ::getsockname(fd_, raw, &size) != 0)
            std::abort();
        port_ = ntohs(address.sin_port);
    }
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;
    ~TakenPort() { ::close(fd_); }

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    int fd_;
    std::uint16_t port_ = 0;
};

class ListeningSocket : public TakenPort {
public:
    ListeningSocket() {
        if (::listen(fd(), 64) != 0)
            std::abort();
    }
};

/// One thread for each connection, `most_connections` at most; requests over 64 MiB lose theirs.
class Server {
public:
    /// Called by many threads at once; `stop` says that the server ends.
    using Answer = std::function<Reply(const Request& request, const std::stop_token& stop)>;

    explicit Server(Answer answer)
        : answer_(std::move(answer)),
          accepting_([this](const std::stop_token& stop) { accept_all(stop); }) {}
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() {
        accepting_.request_stop();
        accepting_.join();
        for (Connection& connection : connections_) {
            connection.thread.request_stop();
            ::shutdown(connection.fd, SHUT_RDWR);
        }
        connections_.clear();
    }

    [[nodiscard]] std::uint16_t port() const { return socket_.port(); }
    [[nodiscard]] std::string url(std::string_view path = {}) const {
        return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
    }
    /// How many connections were made to it so far.
    [[nodiscard]] std::size_t accepted() const { return accepted_; }
    /// Nobody can connect any more; the connections there are stay.
    void refuse() const { ::shutdown(socket_.fd(), SHUT_RDWR); }

private:
    static constexpr std::size_t most_connections = 64;
    static constexpr std::size_t most_bytes = 64 * 1024 * 1024;

    struct Connection {
        int fd = -1;
        std::atomic<bool> done{false};
        std::jthread thread;

        Connection() = default;
        Connection(const Connection&) = delete;
        Connection& operator=(const Connection&) = delete;
        ~Connection() {
            if (thread.joinable())
                thread.join();
            ::close(fd);
        }
    };

    void accept_all(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            pollfd waiting{socket_.fd(), POLLIN, 0};
            const int ready = ::poll(&waiting, 1, 5);
            connections_.remove_if([](const Connection& c) { return c.done.load(); });
            if (ready <= 0 || connections_.size() >= most_connections)
                continue;
            const int fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0)
                continue;
            const int yes = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            ++accepted_;
            Connection& connection = connections_.emplace_back();
            connection.fd = fd;
            connection.thread = std::jthread([this, &connection](const std::stop_token& ends) {
                serve(connection.fd, ends);
                ::shutdown(connection.fd, SHUT_RDWR);
                connection.done = true;
            });
        }
    }

    void serve(int fd, const std::stop_token& stop) {
        std::string buffer;
        for (std::size_t number = 1; !stop.stop_requested(); ++number) {
            auto request = read_request(fd, buffer);
            if (!request)
                return;
            request->number = number;
            Reply reply = answer_(*request, stop);
            if (!send_all(fd, reply.bytes) || reply.close)
                return;
        }
    }

    static bool send_all(int fd, std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR)
                continue;
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    static bool receive(int fd, std::string& buffer) {
        char bytes[16 * 1024];
        const auto got = ::recv(fd, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
            return true;
        if (got <= 0 || buffer.size() > most_bytes)
            return false;
        buffer.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

    static std::string_view trimmed(std::string_view text) {
        while (text.starts_with(' '))
            text.remove_prefix(1);
        return text;
    }

    /// Takes one request from the front of `buffer`, which it fills; nothing where it ends first.
    static std::optional<Request> read_request(int fd, std::string& buffer) {
        std::size_t head = 0;
        while ((head = buffer.find("\r\n\r\n")) == buffer.npos)
            if (!receive(fd, buffer))
                return std::nullopt;
        Request request;
        std::string_view lines(buffer.data(), head + 2);
        const auto next = [&lines] {
            const auto line = lines.substr(0, lines.find("\r\n"));
            lines.remove_prefix(line.size() + 2);
            return line;
        };
        const auto first = next();
        const auto one = first.find(' ');
        const auto two = first.rfind(' ');
        request.malformed = one == first.npos || one == two;
        request.method = first.substr(0, one);
        if (!request.malformed) {
            request.target = first.substr(one + 1, two - one - 1);
            request.version = first.substr(two + 1);
        }
        while (!lines.empty()) {
            const auto line = next();
            const auto colon = line.find(':');
            if (colon != line.npos)
                request.headers.push_back({std::string(line.substr(0, colon)),
                                           std::string(trimmed(line.substr(colon + 1)))});
        }
        buffer.erase(0, head + 4);
        if (const auto* expect = request.header("Expect"); expect && *expect == "100-continue")
            if (!send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n"))
                return std::nullopt;
        const auto* const coding = request.header("Transfer-Encoding");
        const bool whole = coding && *coding == "chunked" ? take_chunks(fd, buffer, request.body)
                                                          : take_length(fd, buffer, request);
        return whole ? std::optional(std::move(request)) : std::nullopt;
    }

    static bool take(int fd, std::string& buffer, std::size_t size, std::string& body) {
        while (buffer.size() < size)
            if (!receive(fd, buffer))
                return false;
        body.append(buffer, 0, size);
        buffer.erase(0, size);
        return true;
    }
    static bool take_length(int fd, std::string& buffer, Request& request) {
        const auto* const text = request.header("Content-Length");
        std::size_t size = 0;
        if (text)
            std::from_chars(text->data(), text->data() + text->size(), size);
        return size <= most_bytes && take(fd, buffer, size, request.body);
    }
    static bool take_chunks(int fd, std::string& buffer, std::string& body) {
        for (;;) {
            std::size_t end = 0;
            while ((end = buffer.find("\r\n")) == buffer.npos)
                if (!receive(fd, buffer))
                    return false;
            std::size_t size = 0;
            std::from_chars(buffer.data(), buffer.data() + end, size, 16);
            buffer.erase(0, end + 2);
            std::string line_end;
            if (body.size() + size > most_bytes || !take(fd, buffer, size, body) ||
                !take(fd, buffer, 2, line_end))
                return false;
            if (size == 0)
                return true;
        }
    }

    ListeningSocket socket_;
    const Answer answer_;
    std::atomic<std::size_t> accepted_{0};
    std::list<Connection> connections_; // of the accepting thread, until it has ended
    std::jthread accepting_;
};

} // namespace loopback

#endif
