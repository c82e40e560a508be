// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_CURL_HPP
#define EVENTSOURCING_ENGINES_CURL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/curl/connection.hpp>
#include <eventsourcing/engines/curl/options.hpp>
#include <eventsourcing/engines/http/client.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace eventsourcing {

/// An `HttpClient` on libcurl.
///
/// Connections are kept open, one for each caller at a time, and silently made again if the server
/// has closed them. Over https certificates are verified, and HTTP/2 is used if the server offers
/// it; in clear text it is HTTP/1.1. Redirects are returned as they are.
///
/// A handle: copies share the connections. `send` may be called from several threads at once. Not
/// for use in a forked child.
class CurlClient {
public:
    CurlClient() : CurlClient(CurlOptions{}) {}
    explicit CurlClient(CurlOptions options) : pool_(std::make_shared<Pool>(std::move(options))) {}
    // A copy instead of a move: every handle has its connections.
    CurlClient(const CurlClient&) = default;
    CurlClient& operator=(const CurlClient&) = default;
    ~CurlClient() = default;

    /// See `HttpClient`. If the response is over `CurlOptions::max_response_size`:
    /// `errc::too_large`, with an unknown outcome.
    [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request) const {
        auto connection = pool_->borrow();
        auto response = connection->send(request);
        pool_->give_back(std::move(connection));
        return response;
    }

private:
    class Pool {
    public:
        explicit Pool(CurlOptions options) : options_(std::move(options)) {}

        std::unique_ptr<detail::curl::Connection> borrow() {
            {
                const std::lock_guard lock(mutex_);
                if (!idle_.empty()) {
                    auto connection = std::move(idle_.back()); // the one that was used last
                    idle_.pop_back();
                    return connection;
                }
            }
            return std::make_unique<detail::curl::Connection>(options_);
        }
        void give_back(std::unique_ptr<detail::curl::Connection> connection) {
            const std::lock_guard lock(mutex_);
            if (idle_.size() < most_idle)
                idle_.push_back(std::move(connection));
        }

    private:
        static constexpr std::size_t most_idle = 64;

        const CurlOptions options_;
        std::mutex mutex_;
        std::vector<std::unique_ptr<detail::curl::Connection>> idle_;
    };

    std::shared_ptr<Pool> pool_;
};

} // namespace eventsourcing

#endif
