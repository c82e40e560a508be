// SPDX-License-Identifier: MIT
// Any text as a connection string: what is taken is safe to send, written out and read again it is
// the same, and no error quotes what could be a password.
#include <eventsourcing/engines/eventstoredb/connection_string.hpp>

#include "fuzz/fuzz.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using fuzz::require;

std::string written(const es::EventStoreDbOptions& options) {
    using es::detail::append_percent_encoded;
    std::string out = "esdb://";
    if (options.credentials) {
        append_percent_encoded(out, options.credentials->user);
        out += ':';
        append_percent_encoded(out, options.credentials->password);
        out += '@';
    }
    for (const auto& host : options.hosts)
        out += (&host == options.hosts.data() ? "" : ",") + host.name + ":" +
               std::to_string(host.port);
    out += options.tls ? "?tls=true" : "?tls=false";
    out += options.tls_verify ? "" : "&tlsVerifyCert=false";
    out += options.node == es::EventStoreDbNode::leader ? "" : "&nodePreference=follower";
    out += "&defaultDeadline=" + std::to_string(options.default_deadline.count());
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty())
            append_percent_encoded(out.append(name), value);
    };
    add("&tlsCaFile=", options.tls_ca_file);
    add("&userCertFile=", options.user_cert_file);
    add("&userKeyFile=", options.user_key_file);
    add("&connectionName=", options.connection_name);
    return out;
}

bool same(const es::EventStoreDbOptions& a, const es::EventStoreDbOptions& b) {
    return a.hosts == b.hosts && a.tls == b.tls && a.tls_verify == b.tls_verify &&
           a.tls_ca_file == b.tls_ca_file && a.user_cert_file == b.user_cert_file &&
           a.user_key_file == b.user_key_file && a.connection_name == b.connection_name &&
           a.node == b.node && a.default_deadline == b.default_deadline &&
           a.credentials.has_value() == b.credentials.has_value() &&
           (!a.credentials || (a.credentials->user == b.credentials->user &&
                               a.credentials->password == b.credentials->password));
}

void check(std::string_view text) {
    const auto options = es::parse_connection_string(text);
    if (!options) {
        require(options.error() == es::errc::invalid || options.error() == es::errc::unsupported,
                "invalid or unsupported", text);
        fuzz::require_readable(options.error().message());
        return;
    }
    require(!options->hosts.empty(), "a host", text);
    for (const auto& host : options->hosts) {
        require(host.port != 0, "a port", text);
        require(host.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._[]:") ==
                    std::string::npos,
                "a host that a URL can hold", host.name);
    }
    for (const char c : options->connection_name)
        require(c >= 0x20 && c < 0x7F, "a name that a header can hold", text);
    const auto again = es::parse_connection_string(written(*options));
    require(again.has_value(), "written out it can be read", written(*options));
    require(same(*options, *again), "written out it is the same", written(*options));
}

/// A password that is in no message, whatever is around it.
void check_secret(std::string_view text) {
    constexpr std::string_view secret = "zQ7zQ7zQ7";
    const auto at = text.find('@');
    if (at == text.npos || text.find(secret) != text.npos)
        return;
    std::string with(text);
    with.insert(at, secret);
    if (const auto options = es::parse_connection_string(with); !options)
        require(options.error().message().find(secret) == std::string::npos, "no secrets", with);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    check(text);
    check_secret(text);
    return 0;
}
