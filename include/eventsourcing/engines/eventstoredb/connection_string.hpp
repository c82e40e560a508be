// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_CONNECTION_STRING_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_CONNECTION_STRING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/url_options.hpp>
#include <eventsourcing/engines/eventstoredb/options.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace eventsourcing {

namespace detail::eventstoredb {

/// Reads one connection string. Its errors quote names and the values of options, and nothing that
/// could be a part of the credentials, whatever mistake the text has.
class ConnectionString {
public:
    [[nodiscard]] static Result<EventStoreDbOptions> parse(std::string_view text) {
        ConnectionString read;
        if (auto done = read.all(text); !done)
            return std::move(done).error().within("connection string");
        return std::move(read.options_);
    }

private:
    static Error refuse(std::string why) { return {errc::invalid, std::move(why)}; }

    Result<void> all(std::string_view text) {
        const auto scheme_end = text.find("://");
        const auto scheme = lower_case(text.substr(0, scheme_end));
        const auto base = std::string_view(scheme).substr(0, scheme.find('+'));
        const auto variant = std::string_view(scheme).substr(base.size());
        const std::string_view schemes[] = {"esdb", "kurrentdb", "kurrent", "kdb"};
        if (scheme_end == text.npos || (!variant.empty() && variant != "+discover") ||
            std::find(std::begin(schemes), std::end(schemes), base) == std::end(schemes))
            return refuse("expected it to start with esdb://, kurrentdb://, kurrent:// or kdb://");
        if (!variant.empty())
            return Error(errc::unsupported, scheme + ": nodes are not discovered; list them: " +
                                                std::string(base) + "://host1:2113,host2:2113");

        const auto rest = text.substr(scheme_end + 3);
        const auto authority = rest.substr(0, rest.find_first_of("/?#"));
        const auto at = authority.find('@');
        // If a password has an unescaped @, / or ?, its end can't be determined.
        if (rest.find('@', at == authority.npos ? authority.size() : at + 1) != rest.npos)
            return refuse("expected one @ at most, after user:password; write %40 for any other, "
                          "and %2F and %3F for / and ? in a password");
        if (at != authority.npos)
            if (auto done = credentials(authority.substr(0, at)); !done)
                return done;
        if (auto done = hosts(authority.substr(at == authority.npos ? 0 : at + 1)); !done)
            return done;

        auto query = rest.substr(authority.size());
        if (query.starts_with('/'))
            query.remove_prefix(1);
        if (!query.empty() && !query.starts_with('?'))
            return refuse("expected ?option=value or the end after the hosts");
        if (!query.empty())
            if (auto done = options(query.substr(1)); !done)
                return done;
        return consistent();
    }

    Result<void> credentials(std::string_view text) {
        const auto colon = text.find(':');
        if (colon == text.npos || colon == 0 || text.find(':', colon + 1) != text.npos)
            return refuse("expected user:password before the @, with %3A for a colon in the "
                          "password");
        const auto user = percent_decoded(text.substr(0, colon));
        const auto password = percent_decoded(text.substr(colon + 1));
        if (!user || !password)
            return refuse("user or password: expected two hexadecimal digits after %, which "
                          "itself is written %25");
        if (!is_plain_text(*user) || !is_plain_text(*password) || user->find(':') != user->npos)
            return refuse("user or password: expected UTF-8 without control characters, and no "
                          "colon in the user");
        options_.credentials = EventStoreDbCredentials{*user, *password};
        return {};
    }

    Result<void> hosts(std::string_view list) {
        for (std::string_view left = list;;) {
            const auto one = left.substr(0, left.find(','));
            if (auto done = host(one); !done)
                return done;
            if (one.size() == left.size())
                return {};
            left.remove_prefix(one.size() + 1);
        }
    }

    /// `name`, `name:port`, `[IPv6]` or `[IPv6]:port`.
    Result<void> host(std::string_view text) {
        const bool bracketed = text.starts_with('[');
        const auto end = bracketed ? text.find(']') : text.find(':');
        if (bracketed && end == text.npos)
            return refuse("a host: expected ] after an IPv6 address");
        auto name = lower_case(text.substr(0, bracketed ? end + 1 : end));
        const auto good = [&](char c) {
            return bracketed ? is_hex_digit(c) || c == ':' || c == '.'
                             : is_unreserved(c) && c != '~';
        };
        const auto inside =
            bracketed ? std::string_view(name).substr(1, name.size() - 2) : std::string_view(name);
        if (inside.empty() || inside.size() > 253 ||
            (bracketed && inside.find(':') == inside.npos) ||
            !std::all_of(inside.begin(), inside.end(), good))
            return refuse("host " + std::to_string(options_.hosts.size() + 1) +
                          ": expected a name, an IPv4 address or an IPv6 address in brackets");
        EventStoreDbHost host{std::move(name)};
        if (const auto rest = text.substr(std::min(text.size(), bracketed ? end + 1 : end));
            !rest.empty()) {
            const char* const last = rest.data() + rest.size();
            const auto [stop, code] = std::from_chars(rest.data() + 1, last, host.port);
            if (rest.front() != ':' || code != std::errc{} || stop != last || host.port == 0)
                return refuse("host " + detail::in_quotes(host.name) +
                              ": expected :port after it, from 1 to 65535");
        }
        if (std::find(options_.hosts.begin(), options_.hosts.end(), host) != options_.hosts.end())
            return refuse("host " + detail::in_quotes(host.name) + " is listed twice");
        options_.hosts.push_back(std::move(host));
        return {};
    }

    Result<void> options(std::string_view list) {
        return read_url_options(list, [this](const UrlOption& option) { return set(option); });
    }

    static Result<void> boolean(const UrlOption& option, bool& out) {
        const auto value = option.boolean();
        if (!value)
            return value.error();
        out = *value;
        return {};
    }

    Result<void> set(const UrlOption& option) {
        const std::string& key = option.key();
        const std::string& value = option.value();
        bool no_effect = false;
        if (key == "tls")
            return boolean(option, options_.tls);
        if (key == "tlsverifycert")
            return boolean(option, options_.tls_verify);
        if (key == "tlscafile")
            return options_.tls_ca_file = value, Result<void>{};
        if (key == "usercertfile")
            return options_.user_cert_file = value, Result<void>{};
        if (key == "userkeyfile")
            return options_.user_key_file = value, Result<void>{};
        if (key == "connectionname") {
            if (value.size() > 255 || std::any_of(value.begin(), value.end(), [](char c) {
                    return static_cast<unsigned char>(c) > 0x7E;
                }))
                return option.expected("at most 255 ASCII characters");
            return options_.connection_name = value, Result<void>{};
        }
        if (key == "nodepreference") {
            const auto node = lower_case(value);
            if (node != "leader" && node != "follower" && node != "random" &&
                node != "readonlyreplica")
                return option.expected("leader, follower, random or readOnlyReplica");
            options_.node =
                node == "leader" ? EventStoreDbNode::leader : EventStoreDbNode::follower;
            return {};
        }
        if (key == "defaultdeadline") {
            const auto milliseconds = option.number(1);
            if (!milliseconds)
                return milliseconds.error();
            options_.default_deadline = std::chrono::milliseconds(*milliseconds);
            return {};
        }
        const auto ignored = [](std::int32_t) {};
        // Options of gRPC clients that HTTP does not need: checked, so that one string serves both.
        if (key == "throwonappendfailure")
            return boolean(option, no_effect);
        if (key == "maxdiscoverattempts" || key == "discoveryinterval" || key == "gossiptimeout")
            return option.number(1).transform(ignored);
        if (key == "keepaliveinterval" || key == "keepalivetimeout")
            return option.number(-1).transform(ignored);
        return option.unknown("tls, tlsVerifyCert, tlsCaFile, userCertFile, userKeyFile, "
                              "connectionName, nodePreference or defaultDeadline");
    }

    [[nodiscard]] Result<void> consistent() const {
        if (options_.user_cert_file.empty() != options_.user_key_file.empty())
            return refuse("expected both of userCertFile and userKeyFile, or none");
        if (!options_.tls && (!options_.tls_ca_file.empty() || !options_.user_cert_file.empty()))
            return refuse("tlsCaFile, userCertFile and userKeyFile need tls=true");
        return {};
    }

    EventStoreDbOptions options_;
};

} // namespace detail::eventstoredb

/// Reads a connection string of EventStoreDB or KurrentDB:
/// `esdb://user:password@host:2113,other:2113?tls=false&connectionName=combat`.
///
/// Strict: `errc::invalid` names the option or part that is unknown, bad or there twice, and never
/// quotes credentials. User, password and values are percent-decoded.
[[nodiscard]] inline Result<EventStoreDbOptions> parse_connection_string(std::string_view text) {
    return detail::eventstoredb::ConnectionString::parse(text);
}

} // namespace eventsourcing

#endif
