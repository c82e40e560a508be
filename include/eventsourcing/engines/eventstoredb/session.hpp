// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_SESSION_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_SESSION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/eventstoredb/options.hpp>
#include <eventsourcing/engines/http/client.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

/// A request to any node. The views belong to the caller.
struct NodeRequest {
    std::string_view method = "GET";
    /// From the slash on.
    std::string_view path{};
    std::span<const MessageHeader> headers{};
    std::string_view body{};
    std::chrono::steady_clock::time_point deadline{};
    std::stop_token stop{};
    /// Whether followers may answer, if the options allow it.
    bool reads = true;
};

/// The nodes of one EventStoreDB: sends a request to the one that answered last, with the
/// credentials, and follows redirects among them. May be used from several threads at once.
template <class Client>
class Session {
public:
    Session(Client client, EventStoreDbOptions options)
        : client_(std::move(client)),
          options_(std::move(options)) {
        for (const EventStoreDbHost& host : options_.hosts)
            nodes_.push_back((options_.tls ? "https://" : "http://") + host.name + ":" +
                             std::to_string(host.port));
        if (const auto& who = options_.credentials) {
            authorization_ = basic;
            encode_base64(who->user + ":" + who->password, authorization_);
        }
    }

    [[nodiscard]] const EventStoreDbOptions& options() const { return options_; }
    /// Where the next request goes, as `https://db:2113`.
    [[nodiscard]] const std::string& node() const { return nodes_[current_]; }
    [[nodiscard]] const std::string& node(std::size_t number) const { return nodes_[number]; }

    /// One attempt. An error is the HTTP client's. `at` becomes the node that was asked last.
    [[nodiscard]] Result<HttpResponse> send(const NodeRequest& request, std::size_t& at) const {
        const auto headers = headers_for(request);
        at = current_;
        std::string path(request.path);
        bool sent_again = false;
        for (int hop = 0;; ++hop) {
            const std::string url = nodes_[at] + path;
            auto response = client_.send({.method = request.method,
                                          .url = url,
                                          .headers = headers,
                                          .body = request.body,
                                          .deadline = request.deadline,
                                          .stop = request.stop});
            if (!response)
                return response;
            response->sent_again = sent_again = sent_again || response->sent_again;
            const auto* const location = redirect(*response);
            if (!location)
                return response;
            if (hop == most_hops)
                return Error(errc::unavailable, url + ": redirected more than " +
                                                    std::to_string(most_hops) +
                                                    " times; is a leader elected?");
            if (auto next = follow(*location, at, path); !next)
                return std::move(next).error().within(url);
            current_ = at;
        }
    }

    /// Sends the next attempt to another node than this one, which did not handle the request.
    void leave(std::size_t node) const {
        current_.compare_exchange_strong(node, (node + 1) % nodes_.size());
    }

    /// Whether a text from the server quotes the credentials that it was sent.
    [[nodiscard]] bool quotes_credentials(std::string_view text) const {
        const auto holds = [&](std::string_view secret) {
            return !secret.empty() && text.find(secret) != text.npos;
        };
        const auto& who = options_.credentials;
        return who && (holds(who->password) ||
                       holds(std::string_view(authorization_).substr(basic.size())));
    }

private:
    static constexpr int most_hops = 3;
    static constexpr std::string_view basic = "Basic ";

    [[nodiscard]] std::vector<MessageHeader> headers_for(const NodeRequest& request) const {
        std::vector<MessageHeader> headers(request.headers.begin(), request.headers.end());
        if (!request.reads || options_.node == EventStoreDbNode::leader) {
            headers.push_back({"ES-RequireMaster", "True"}); // until 5.0
            headers.push_back({"ES-RequireLeader", "True"});
        }
        if (!authorization_.empty())
            headers.push_back({"Authorization", authorization_});
        if (!options_.connection_name.empty())
            headers.push_back({"User-Agent", options_.connection_name});
        return headers;
    }

    /// The address to which a response redirects. A read-only replica redirects with status 500.
    [[nodiscard]] static const std::string* redirect(const HttpResponse& response) {
        const bool redirects = response.status == 307 || response.status == 500;
        return redirects ? response.header("Location") : nullptr;
    }

    /// Redirects lead to the nodes that were listed, and nowhere else: the credentials go along.
    [[nodiscard]] Result<void> follow(const std::string& location, std::size_t& at,
                                      std::string& path) const {
        const auto in_quotes = [&](std::string_view text) {
            return quotes_credentials(text) ? "an address with the credentials"
                                            : detail::in_quotes(text, 256);
        };
        const auto scheme = location.find("://");
        const auto slash = scheme == location.npos ? 0 : location.find('/', scheme + 3);
        if (location.empty() || slash == location.npos || location[slash] != '/')
            return Error(errc::unavailable, "redirected to " + in_quotes(location) +
                                                ": expected an address with a path");
        if (slash != 0) {
            auto node = location.substr(0, slash);
            if (node.find(':', scheme + 3) == node.npos)
                node += node.starts_with("https:") ? ":443" : ":80";
            const auto found = std::find(nodes_.begin(), nodes_.end(), node);
            if (found == nodes_.end())
                return Error(errc::unavailable,
                             "redirected to " + in_quotes(node) +
                                 ", which is none of the hosts of the connection string; add it, "
                                 "or correct the address that the server advertises");
            at = static_cast<std::size_t>(found - nodes_.begin());
        }
        path = location.substr(slash);
        return {};
    }

    const Client client_;
    const EventStoreDbOptions options_;
    std::vector<std::string> nodes_;
    std::string authorization_;
    mutable std::atomic<std::size_t> current_{0};
};

} // namespace eventsourcing::detail::eventstoredb

#endif
