// SPDX-License-Identifier: MIT
// HTTP/1.1 by hand, one connection for each request: an HTTP client that is not the one that ships,
// and requests that no good client would send.
#ifndef EVENTSOURCING_TESTS_ENGINES_HTTP_PLAIN_CLIENT_HPP
#define EVENTSOURCING_TESTS_ENGINES_HTTP_PLAIN_CLIENT_HPP

#include <eventsourcing/engines/http/client.hpp>

#include <arpa/inet.h>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace plain_http {

namespace es = eventsourcing;

class Socket {
public:
    explicit Socket(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(fd_); }

    [[nodiscard]] bool connected() const { return connected_; }
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// Appends what comes within 5 ms; false at the end of the connection.
    bool receive(std::string& buffer) const {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, 5) <= 0)
            return true;
        char bytes[16 * 1024];
        const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
        if (got <= 0)
            return false;
        buffer.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

private:
    int fd_;
    bool connected_ = false;
};

/// The response at the front of `buffer`, once it is whole.
inline std::optional<es::HttpResponse> parsed(std::string& buffer) {
    if (buffer.starts_with("HTTP/1.1 100"))
        if (const auto end = buffer.find("\r\n\r\n"); end != buffer.npos)
            buffer.erase(0, end + 4);
    const auto head = buffer.find("\r\n\r\n");
    if (head == buffer.npos)
        return std::nullopt;
    es::HttpResponse response;
    std::size_t size = 0;
    std::string_view lines(buffer.data(), head + 2);
    const auto first = lines.substr(0, lines.find("\r\n"));
    if (first.size() < 12)
        return std::nullopt;
    std::from_chars(first.data() + 9, first.data() + 12, response.status);
    response.reason = first.size() > 13 ? first.substr(13) : "";
    for (lines.remove_prefix(first.size() + 2); !lines.empty();) {
        const auto line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(line.size() + 2);
        const auto colon = line.find(": ");
        if (colon != line.npos)
            response.headers.push_back(
                {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
    }
    if (const auto* length = response.header("Content-Length"))
        std::from_chars(length->data(), length->data() + length->size(), size);
    if (buffer.size() < head + 4 + size)
        return std::nullopt;
    response.body = buffer.substr(head + 4, size);
    return response;
}

/// The client for an engine.
class Client {
public:
    [[nodiscard]] es::Result<es::HttpResponse> send(const es::HttpRequest& request) const {
        if (auto good = es::check_http_request(request); !good)
            return std::move(good).error();
        const std::string_view prefix = "http://127.0.0.1:";
        const auto slash = request.url.find('/', prefix.size());
        std::uint16_t port = 0;
        std::from_chars(request.url.data() + prefix.size(), request.url.data() + slash, port);
        std::string bytes =
            std::string(request.method) + " " + std::string(request.url.substr(slash)) +
            " HTTP/1.1\r\nHost: " + std::string(request.url.substr(7, slash - 7)) + "\r\n";
        for (const auto& [name, value] : request.headers)
            bytes.append(name).append(": ").append(value).append("\r\n");
        bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n";
        bytes += request.body;
        if (request.stop.stop_requested())
            return es::errc::cancelled;
        if (request.deadline && std::chrono::steady_clock::now() >= *request.deadline)
            return es::errc::timed_out;
        const Socket socket(port);
        if (!socket.connected())
            return es::errc::not_sent;
        if (!socket.send(bytes))
            return es::errc::unknown_outcome;
        std::string buffer;
        for (bool open = true;
             open && !request.stop.stop_requested() &&
             !(request.deadline && std::chrono::steady_clock::now() >= *request.deadline);) {
            open = socket.receive(buffer);
            if (auto response = parsed(buffer))
                return *std::move(response);
        }
        return es::errc::unknown_outcome;
    }
};

static_assert(es::HttpClient<Client>);

/// Sends a recorded request as it is, whatever it is, and waits for its answer or the end of the
/// connection.
template <class Recorded>
es::HttpResponse exchange(std::uint16_t port, const Recorded& request, const std::string& body) {
    std::string bytes = request["method"].template get<std::string>() + " " +
                        request["target"].template get<std::string>() + " " +
                        request.value("version", "HTTP/1.1") +
                        "\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
    bool chunked = false;
    for (const auto& header : request["headers"]) {
        const auto name = header[0].template get<std::string>();
        bytes += name + ": " + header[1].template get<std::string>() + "\r\n";
        chunked = chunked || name == "Transfer-Encoding";
    }
    if (!chunked)
        bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    bytes += "\r\n";
    if (chunked) {
        char size[20];
        const auto end = std::to_chars(size, size + sizeof size, body.size(), 16).ptr;
        bytes.append(size, end).append("\r\n").append(body).append("\r\n0\r\n\r\n");
    } else {
        bytes += body;
    }
    const Socket socket(port);
    socket.send(bytes);
    std::string buffer;
    for (bool open = true; open;) {
        open = socket.receive(buffer);
        if (auto response = parsed(buffer))
            return *std::move(response);
    }
    return {};
}

} // namespace plain_http

#endif
