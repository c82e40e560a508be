// SPDX-License-Identifier: MIT
// An HTTP client without a network: what each request is answered is up to a function.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_SCRIPTED_CLIENT_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_SCRIPTED_CLIENT_HPP

#include <eventsourcing/engines/http/client.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scripted_http {

namespace es = eventsourcing;

/// A request as it was sent.
struct Sent {
    std::string method;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::optional<std::chrono::steady_clock::time_point> deadline;

    /// Its value; "(none)" where there is none.
    [[nodiscard]] std::string header(std::string_view name) const {
        for (const auto& [n, value] : headers)
            if (n == name)
                return value;
        return "(none)";
    }
};

inline es::HttpResponse answer(int status, std::vector<es::MessageHeader> headers = {},
                               std::string body = {}, std::string reason = {}) {
    return {.status = status,
            .reason = std::move(reason),
            .headers = std::move(headers),
            .body = std::move(body)};
}

class Client {
public:
    using Answer = std::function<es::Result<es::HttpResponse>(const Sent&)>;

    explicit Client(Answer answer) : script_(std::make_shared<Script>(std::move(answer))) {}

    [[nodiscard]] es::Result<es::HttpResponse> send(const es::HttpRequest& request) const {
        if (auto good = es::check_http_request(request); !good)
            return std::move(good).error();
        Sent sent{std::string(request.method), std::string(request.url), {}, {}, request.deadline};
        for (const auto& [name, value] : request.headers)
            sent.headers.emplace_back(name, value);
        sent.body = request.body;
        const std::lock_guard lock(script_->mutex);
        script_->sent.push_back(sent);
        return script_->answer(sent);
    }

    /// The requests of a method so far.
    [[nodiscard]] std::vector<Sent> sent(std::string_view method) const {
        const std::lock_guard lock(script_->mutex);
        std::vector<Sent> out;
        std::copy_if(script_->sent.begin(), script_->sent.end(), std::back_inserter(out),
                     [&](const Sent& one) { return one.method == method; });
        return out;
    }

private:
    struct Script {
        explicit Script(Answer a) : answer(std::move(a)) {}

        Answer answer;
        std::mutex mutex;
        std::vector<Sent> sent;
    };

    std::shared_ptr<Script> script_;
};

static_assert(es::HttpClient<Client>);

} // namespace scripted_http

#endif
