// SPDX-License-Identifier: MIT
// An EventStoreDB that answers as five generations of genuine servers did
// (tests/data/eventstoredb), on good days and bad ones.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_FAKE_SERVER_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_FAKE_SERVER_HPP

#include "engines/eventstoredb/fake_feed.hpp"
#include "engines/eventstoredb/fake_streams.hpp"
#include "engines/http/loopback_server.hpp"

#include <eventsourcing/core/uuid.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fake_esdb {

using loopback::Headers;
using loopback::Reply;
using loopback::Request;

/// 4.1, 20.10, 23.10, 24.6 and 25.0.
enum class Generation : std::uint8_t { v4, v20, v23, v24, v25 };

/// How a request goes wrong. "before" it has an effect, or "after".
enum class Fault : std::uint8_t {
    none,
    lost_before,
    lost_after,
    cut_after, ///< lost within the head of the response
    timeout_before,
    timeout_after, ///< 408
    error_before,
    error_after, ///< 500
    busy,        ///< 503, with Retry-After
    too_large_before,
    too_large_after, ///< 413
    slow_after,
    restart,  ///< the ids that were written lately are forgotten; the request is served
    redirect, ///< 307 to the node that `Options::leader` names
};

struct Options {
    Generation generation = Generation::v20;
    bool authentication = false;
    bool atom_pub = true;
    /// Answers as HTTP/2 and servers from 23.6 on do: the message in the body.
    bool reasons = true;
    /// What it says that it is, unless that follows from the generation.
    std::string version{};
    /// Whether a request that genuine servers never answer waits, or is cut off at once.
    bool hangs = true;
    /// Closes a connection after so many requests; 0 never does.
    std::size_t requests_per_connection = 0;
    /// Closes connections between requests without a word.
    bool closes_silently = false;
    /// What becomes of a request; asked by many threads at once.
    std::function<Fault(const Request&)> fault{};
    std::chrono::milliseconds slow{300};
    /// Where `Fault::redirect` sends to, as `http://127.0.0.1:2113`.
    std::string leader{};
    /// How long a long poll takes that asks for one second.
    std::chrono::milliseconds second{1'000};
    /// Answers a long poll at once, as a proxy or a server without it may.
    bool ignores_long_poll = false;
    /// What `Fault::busy` says of when to come again: seconds, or anything.
    std::string retry_after = "0";
    /// The same of `Fault::error_before` and `error_after`, which say nothing of it as a rule.
    std::string failed_retry_after{};
};

class Server {
public:
    explicit Server(Options options = {})
        : options_(std::move(options)),
          http_([this](const Request& request, const std::stop_token& stop) {
              return answer(request, stop);
          }) {
        if (options_.generation == Generation::v4 && options_.authentication)
            streams_.append("$user-admin", no_stream,
                            {Event{.id = "8ccc207c-5ad3-4aa4-b0f6-77988b2ab768",
                                   .type = "$UserCreated",
                                   .data = "{\n  \"loginName\": \"admin\"\n}",
                                   .metadata = {},
                                   .is_json = true}});
    }

    [[nodiscard]] std::uint16_t port() const { return http_.port(); }
    [[nodiscard]] std::string url() const { return http_.url(); }
    [[nodiscard]] std::size_t connections() const { return http_.accepted(); }
    /// How many requests came so far.
    [[nodiscard]] std::size_t requests() const { return requests_; }

    /// What it keeps, under its lock.
    template <class F>
    auto with_streams(F&& f) {
        const std::lock_guard lock(mutex_);
        return f(streams_);
    }

private:
    struct Answer {
        std::string status; // "201 Created"
        Headers headers{};
        std::string body{};
        bool close = false;
        bool none = false;
    };

    // ---- HTTP ---------------------------------------------------------------------------------

    [[nodiscard]] bool is_v4() const { return options_.generation == Generation::v4; }
    [[nodiscard]] bool since(Generation first) const { return options_.generation >= first; }

    Reply answer(const Request& request, const std::stop_token& stop) {
        ++requests_;
        const auto fault = options_.fault ? options_.fault(request) : Fault::none;
        const auto fail = [&](const char* status, Headers headers = {}) {
            return sent(request, {status, std::move(headers), {}, is_v4()});
        };
        switch (fault) {
        case Fault::lost_before:
            return {{}, true};
        case Fault::timeout_before:
            return fail("408 Server was unable to handle request in time");
        case Fault::error_before:
            return fail("500 Write timeout", when_failed());
        case Fault::busy:
            return fail("503 Server Is Too Busy", {{"Retry-After", options_.retry_after}});
        case Fault::too_large_before:
            return fail("413 Too large events received. Limit is 4mb");
        case Fault::redirect:
            return fail("307 Temporary Redirect", {{"Location", options_.leader + request.target}});
        case Fault::restart:
            with_streams([](Streams& streams) { streams.forget_ids(); });
            break;
        default:
            break;
        }
        auto reply = sent(request, serve(request, stop));
        switch (fault) {
        case Fault::lost_after:
            return {{}, true};
        case Fault::cut_after:
            return {reply.bytes.substr(0, 30), true};
        case Fault::timeout_after:
            return fail("408 Server was unable to handle request in time");
        case Fault::error_after:
            return fail("500 Write timeout", when_failed());
        case Fault::too_large_after:
            return fail("413 Too large events received. Limit is 4mb");
        case Fault::slow_after:
            wait(options_.slow, stop, [] { return false; });
            break;
        default:
            break;
        }
        reply.close = reply.close || options_.closes_silently;
        return reply;
    }

    [[nodiscard]] Headers when_failed() const {
        return options_.failed_retry_after.empty()
                   ? Headers{}
                   : Headers{{"Retry-After", options_.failed_retry_after}};
    }

    Reply sent(const Request& request, Answer answer) {
        if (answer.none)
            return {{}, true};
        const bool last = options_.requests_per_connection != 0 &&
                          request.number >= options_.requests_per_connection;
        const auto* const connection = request.header("Connection");
        const bool upgrade = is_v4() && request.header("Upgrade");
        answer.close = answer.close || last || upgrade || request.version == "HTTP/1.0" ||
                       (connection && *connection == "close");
        if (answer.close)
            answer.headers.push_back({"Connection", "close"});
        if (!options_.reasons) {
            const auto space = answer.status.find(' ');
            if (answer.body.empty() && answer.status.starts_with('4'))
                answer.body = answer.status.substr(space + 1);
            answer.status.resize(space);
        }
        if (answer.status.starts_with("204") || answer.status.starts_with("304"))
            answer.body.clear();
        return {loopback::response(answer.status, answer.headers, answer.body), answer.close};
    }

    [[nodiscard]] Answer plain(std::string status, Headers headers = {}) const {
        headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
        return {std::move(status), std::move(headers)};
    }
    /// After some errors the older generation closes the connection.
    [[nodiscard]] Answer refused(std::string status, Headers headers = {}) const {
        return {std::move(status), std::move(headers), {}, is_v4()};
    }

    [[nodiscard]] Answer wrong_version(Headers headers = {}) const {
        Answer answer = plain("400 Wrong expected EventNumber", std::move(headers));
        answer.close = is_v4();
        return answer;
    }

    // ---- paths --------------------------------------------------------------------------------

    /// A part of a path as the servers read it: what is not UTF-8 or no escape stays as it is.
    static std::string decoded(std::string_view text) {
        std::string out;
        for (std::size_t i = 0; i < text.size();) {
            std::string bytes;
            auto at = i;
            using namespace eventsourcing::detail;
            while (at + 2 < text.size() + 0U && text[at] == '%' && is_hex_digit(text[at + 1]) &&
                   is_hex_digit(text[at + 2])) {
                bytes += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
                at += 3;
            }
            if (at == i)
                out += text[i++];
            else if (valid_utf8(bytes))
                out += bytes, i = at;
            else
                out += text.substr(i, at - i), i = at;
        }
        for (std::size_t i = 0; i + 2 < out.size(); ++i) // %ce becomes %CE
            if (out[i] == '%' && eventsourcing::detail::is_hex_digit(out[i + 1]) &&
                eventsourcing::detail::is_hex_digit(out[i + 2]))
                for (const auto at : {i + 1, i + 2})
                    if (out[at] >= 'a')
                        out[at] = static_cast<char>(out[at] - 'a' + 'A');
        return out;
    }

    struct Target {
        std::vector<std::string> parts;
        std::string query;
    };

    [[nodiscard]] Target target_of(const Request& request) const {
        Target target;
        std::string_view path = request.target;
        if (const auto question = path.find('?'); question != path.npos) {
            target.query = path.substr(question + 1);
            path = path.substr(0, question);
        }
        while (path.starts_with('/')) {
            path.remove_prefix(1);
            const auto part = path.substr(0, path.find('/'));
            path.remove_prefix(part.size());
            auto name = decoded(part);
            if (is_v4()) {
                for (char& c : name)
                    c = c == '\\' ? '/' : c;
                if (const auto cut = name.find_first_of("?#"); cut != name.npos)
                    name.resize(cut);
                for (std::size_t slash = 0; (slash = name.find('/')) != name.npos;) {
                    target.parts.push_back(name.substr(0, slash));
                    name.erase(0, slash + 1);
                }
            }
            target.parts.push_back(std::move(name));
        }
        return target;
    }

    [[nodiscard]] static std::string parameter(const Target& target, std::string_view name) {
        for (std::string_view left = target.query; !left.empty();) {
            const auto one = left.substr(0, left.find('&'));
            if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
                return std::string(one.substr(name.size() + 1));
            left.remove_prefix(std::min(left.size(), one.size() + 1));
        }
        return {};
    }

    [[nodiscard]] static std::string host_of(const Request& request) {
        const auto* const host = request.header("Host");
        return "http://" + (host ? *host : std::string("127.0.0.1"));
    }

    static std::optional<std::int64_t> integer(std::string_view text) {
        std::int64_t value = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, code] = std::from_chars(text.data(), end, value);
        return code == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
    }

    // ---- access rights ------------------------------------------------------------------------

    struct User {
        std::vector<std::string> groups{};
        bool known = true;
    };

    [[nodiscard]] User user_of(const Request& request) const {
        const auto* const header = request.header("Authorization");
        if (!options_.authentication || !header || !header->starts_with("Basic "))
            return {options_.authentication ? std::vector<std::string>{}
                                            : std::vector<std::string>{"$admins"}};
        if (*header == "Basic YWRtaW46Y2hhbmdlaXQ=") // admin:changeit
            return {{"$admins"}};
        if (*header == "Basic b3BzOmNoYW5nZWl0") // ops:changeit
            return {{"$ops"}};
        return {{}, false};
    }

    [[nodiscard]] bool may(const User& user, const std::string& stream, const char* right) const {
        const auto is = [&](const std::string& group) {
            return group == "$all" ||
                   std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
        };
        if (is("$admins") && !user.groups.empty())
            return true;
        if (stream.starts_with('$') && !stream.starts_with("$$"))
            return false;
        const Json about = streams_.metadata(stream);
        const auto acl = about.find("$acl");
        if (acl == about.end() || !acl->contains(right))
            return true;
        const Json& allowed = (*acl)[right];
        if (allowed.is_string())
            return is(allowed.get<std::string>());
        return std::any_of(allowed.begin(), allowed.end(),
                           [&](const Json& group) { return is(group.get<std::string>()); });
    }

    [[nodiscard]] Answer denied(bool bad_credentials) const {
        const Headers v4{{"WWW-Authenticate", "BasicCustom realm=\"ES\""}};
        if (bad_credentials)
            return {"401 Unauthorized",
                    is_v4() ? v4 : Headers{{"WWW-Authenticate", "X-Basic realm=\"ESDB\""}}};
        return is_v4() ? plain("401 Unauthorized", v4) : Answer{"401 Unauthorized"};
    }

    // ---- routes -------------------------------------------------------------------------------

    Answer serve(const Request& request, const std::stop_token& stop) {
        if (request.malformed || (!is_v4() && (request.header("Upgrade") ||
                                               request.target.find("%00") != std::string::npos)))
            return {"400 Bad Request", {}, {}, true};
        const Target target = target_of(request);
        const auto& parts = target.parts;
        std::unique_lock lock(mutex_);
        const User user = user_of(request);
        if (parts.size() == 1 && parts[0] == "info")
            return info();
        if (parts.size() == 1 && parts[0] == "ping")
            return ping(request);
        if (parts.size() == 2 && parts[0] == "health" && parts[1] == "live")
            return is_v4() ? not_found() : Answer{"204 No Content"};
        if (!options_.atom_pub || parts.size() < 2 || parts[0] != "streams" || parts[1].empty())
            return not_found();
        const auto& name = parts[1];
        if (parts.size() == 3 && parts[2].empty())
            return moved(request, name);
        if (request.method == "OPTIONS")
            return {"200 OK"};
        if (!user.known)
            return denied(true);
        const bool is_root = parts.size() == 2 && name != "." && name != "..";
        const bool is_metadata = parts.size() == 3 && parts[2] == "metadata";
        if (request.method == "POST" && (is_root || is_metadata))
            return post(request, user, is_metadata ? "$$" + name : name, is_metadata);
        if (request.method == "POST" && parts.size() == 4 && parts[2] == "incoming")
            return post(request, user, name, false, parts[3]);
        if (request.method == "DELETE" && is_root)
            return remove(request, user, name);
        if (request.method != "GET")
            return {"405 Method Not Allowed"};
        if (name == "$all")
            return get_all(request, user, target, lock, stop);
        if (is_metadata)
            return get_metadata(request, user, name);
        if (parts.size() == 3)
            return get_event(request, user, name, parts[2], lock, stop);
        if (is_root)
            return get_feed(request, user, target, name, "head", "backward", "20", lock, stop);
        if (parts.size() == 5)
            return get_feed(request, user, target, name, parts[2], parts[3], parts[4], lock, stop);
        return not_found();
    }

    [[nodiscard]] static Answer not_found() { return {"404 Not Found"}; }
    [[nodiscard]] Answer no_such_stream() const { return plain("404 Not Found"); }

    [[nodiscard]] std::string version() const {
        constexpr const char* versions[] = {"4.1.5.0", "20.10.1.0", "23.10.8.0", "24.6.0",
                                            "25.0.1-prerelease"};
        return options_.version.empty() ? versions[static_cast<int>(options_.generation)]
                                        : options_.version;
    }

    [[nodiscard]] Answer info() const {
        Json out = Json::object();
        if (since(Generation::v25))
            out["dbVersion"] = version();
        out["esVersion"] = version();
        out["state"] = is_v4() ? "master" : "leader";
        if (is_v4()) {
            out["projectionsMode"] = "None";
        } else {
            out["features"] = {{"projections", false},
                               {"userManagement", options_.authentication},
                               {"atomPub", options_.atom_pub}};
            out["authentication"] = {
                {"type", options_.authentication ? "internal" : "insecure"},
                {"properties", since(Generation::v24) ? Json::array() : Json(nullptr)}};
        }
        return {"200 OK", {{"Content-Type", "application/json; charset=utf-8"}}, out.dump(2)};
    }
    [[nodiscard]] static Answer ping(const Request& request) {
        const auto* const accept = request.header("Accept");
        if (accept && *accept == "text/plain")
            return {"200 OK",
                    {{"Content-Type", "text/plain; charset=utf-8"}},
                    "Text: Ping request successfully handled"};
        return {"200 OK",
                {{"Content-Type", "application/json; charset=utf-8"}},
                "{\n  \"text\": \"Ping request successfully handled\"\n}"};
    }
    [[nodiscard]] Answer moved(const Request& request, const std::string& name) const {
        return {is_v4() ? "307 " : "307 Temporary Redirect",
                {{"Location", host_of(request) + "/streams/" + escaped(name)},
                 {"Cache-Control", "max-age=31536000, public"},
                 {"Content-Type", "; charset=utf-8"}},
                "Moved Permanently"};
    }

    // ---- writing ------------------------------------------------------------------------------

    struct Refusal {
        std::string phrase;
    };

    Answer post(const Request& request, const User& user, const std::string& name, bool is_metadata,
                std::string id = {}) {
        std::string type = content_type(request);
        if (type.empty())
            return {"415 Invalid or missing Content-Type"};
        if (const auto* accept = request.header("Accept"); accept && *accept == "text/html")
            return {"406 Requested URI is not available in requested format"};
        const auto expected = expected_version(request);
        if (!expected)
            return refused("400 ES-ExpectedVersion header in wrong format.");
        const bool raw = type == "application/json" || type == "application/octet-stream";
        std::vector<Event> events;
        std::optional<std::string> refusal;
        if (raw) {
            if (const auto* header = request.header("ES-EventId"); header && id.empty()) {
                id = uuid(*header);
                if (id.empty())
                    return refused("400 ES-EventId header in wrong format.");
            }
            const auto* const event_type = request.header("ES-EventType");
            if (!event_type && !is_metadata)
                return refused("400 Must include an event type with the request either in body or "
                               "as ES-EventType header.");
            if (id.empty()) {
                Answer answer =
                    plain("307 Temporary Redirect",
                          {{"Location", host_of(request) + "/streams/" + escaped(name) +
                                            "/incoming/91ca587a-6b76-41e9-b2d8-b934723db5b1"}});
                answer.body = "Forwarding to idempotent URI";
                return answer;
            }
            events.push_back({.id = id,
                              .type = event_type ? *event_type : "$metadata",
                              .data = request.body,
                              .metadata = {},
                              .is_json = type == "application/json"});
        } else if (type.ends_with("xml")) {
            refusal = events_of_xml(request.body, events);
        } else {
            refusal = events_of(request, events);
        }
        if (refusal)
            return refused("400 " + *refusal);
        const auto target = is_metadata ? name.substr(2) : name;
        if ((options_.authentication && name == "$all") ||
            !may(user, target, is_metadata ? "$mw" : "$w"))
            return denied(false);
        if (*expected == -3)
            return is_v4() ? refused("500 Internal Server Error") : Answer{"200 OK"};
        if (const auto too_large = check_sizes(events)) {
            if (*too_large > 16'000'000)
                return refused("400 Record is too big. (Parameter 'data')");
            if (is_v4()) // and yet it goes on
                streams_.append(name, *expected, std::move(events));
            return refused("413 Too large events received. Limit is 4mb");
        }
        const auto written = streams_.append(name, *expected, std::move(events));
        changed_.notify_all();
        switch (written.kind) {
        case Written::Kind::done:
            return plain("201 Created",
                         {{"Location", host_of(request) + "/streams/" + escaped(name) + "/" +
                                           std::to_string(written.number)}});
        case Written::Kind::deleted:
            return plain("410 Stream deleted");
        case Written::Kind::wrong_version:
            break;
        }
        return wrong_version(current_version(written.number));
    }

    [[nodiscard]] Headers current_version(std::int64_t number) const {
        Headers headers{{"ES-CurrentVersion", std::to_string(number)}};
        if (since(Generation::v25))
            headers.push_back({"Kurrent-CurrentVersion", std::to_string(number)});
        return headers;
    }

    Answer remove(const Request& request, const User& user, const std::string& name) {
        const auto expected = expected_version(request);
        if (!expected)
            return refused("400 ES-ExpectedVersion header in wrong format.");
        if (!may(user, name, "$d"))
            return denied(false);
        const auto* const header = request.header("ES-HardDelete");
        const bool hard = header && *header == "true";
        if (since(Generation::v23) && !hard && !streams_.is_tombstoned(name) &&
            streams_.last(name) < 0)
            return wrong_version(current_version(-1));
        const auto removed = streams_.remove(name, *expected, hard);
        changed_.notify_all();
        switch (removed.kind) {
        case Written::Kind::done:
            return plain("204 Stream deleted");
        case Written::Kind::deleted:
            return plain("410 Stream deleted");
        case Written::Kind::wrong_version:
            break;
        }
        return wrong_version(since(Generation::v23) ? current_version(removed.number) : Headers{});
    }

    /// The media type of a body that can be read, or nothing.
    [[nodiscard]] static std::string content_type(const Request& request) {
        const auto* const header = request.header("Content-Type");
        if (!header)
            return {};
        const auto type = header->substr(0, header->find(';'));
        const bool other_charset =
            header->size() > type.size() && header->find("charset=utf-8") == std::string::npos;
        for (const char* known :
             {"application/vnd.eventstore.events+json", "application/vnd.eventstore.event+json",
              "application/json", "application/octet-stream",
              "application/vnd.eventstore.events+xml", "text/xml", "application/xml"})
            if (type == known && !other_charset)
                return type;
        return {};
    }

    /// Nothing for one that can't be read.
    [[nodiscard]] std::optional<std::int64_t> expected_version(const Request& request) const {
        const auto* const header = request.header("ES-ExpectedVersion");
        if (!header || (header->empty() && !is_v4()))
            return any;
        const auto value = integer(*header);
        return value && *value >= -4 ? value : std::nullopt;
    }

    /// A UUID as the servers read it, in lower case with dashes; empty for anything else.
    [[nodiscard]] static std::string uuid(std::string_view text) {
        std::string digits;
        for (const char c : text)
            if (eventsourcing::detail::is_hex_digit(c))
                digits += eventsourcing::detail::to_lower(c);
            else if (c != '-' && c != '{' && c != '}')
                return {};
        if (digits.size() != 32)
            return {};
        for (const std::size_t at :
             {std::size_t{20}, std::size_t{16}, std::size_t{12}, std::size_t{8}})
            digits.insert(at, "-");
        return digits;
    }

    /// A body as the servers parse it: bytes that are not UTF-8 are replaced, and the newer
    /// generation makes numbers that are too large a string.
    [[nodiscard]] Json parsed(std::string text) const {
        for (std::size_t at = 0;
             (at = eventsourcing::detail::first_invalid_utf8(text)) != std::string::npos;)
            text.replace(at, 1, "\xEF\xBF\xBD");
        if (text.starts_with("\xEF\xBB\xBF"))
            return Json(Json::value_t::discarded);
        if (!is_v4())
            replace(text, ":1e400", ":\"Infinity\"");
        return Json::parse(text, nullptr, false);
    }

    static void replace(std::string& text, std::string_view what, std::string_view with) {
        for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size())
            text.replace(at, what.size(), with);
    }

    std::optional<std::string> events_of(const Request& request, std::vector<Event>& out) const {
        const Json body = parsed(request.body);
        const std::string bad = "Write request body invalid.";
        const auto parameter_note = [&](const char* name) {
            return is_v4() ? std::string() : " (Parameter '" + std::string(name) + "')";
        };
        if (!body.is_array() || body.empty() || request.header("Content-Encoding"))
            return bad;
        for (const Json& one : body) {
            Event event;
            if (!one.is_object())
                return bad;
            if (const auto id = one.find("eventId"); id != one.end() && id->is_string()) {
                event.id = uuid(id->get<std::string>());
                if (event.id.empty())
                    return bad;
            }
            if (event.id.empty() || event.id == "00000000-0000-0000-0000-000000000000")
                return "Empty eventId provided." + parameter_note("eventId");
            if (const auto type = one.find("eventType"); type != one.end() && type->is_string())
                event.type = type->get<std::string>();
            if (event.type.empty())
                return "Empty eventType provided." + parameter_note("eventType");
            const bool data = bytes_of(one, "data", event.data);
            const bool metadata = bytes_of(one, "metadata", event.metadata);
            event.is_json = data || metadata;
            out.push_back(std::move(event));
        }
        return std::nullopt;
    }

    /// What is stored of a member; whether it is JSON.
    [[nodiscard]] bool bytes_of(const Json& event, const char* name, std::string& out) const {
        const auto found = event.find(name);
        if (found == event.end())
            return false;
        Json value = *found;
        if (value.is_string()) {
            const auto text = value.get<std::string>();
            value = Json::parse(text, nullptr, false);
            if (!value.is_structured()) {
                out = text;
                return false;
            }
        }
        if (!value.is_structured())
            return false; // and the value is lost
        out = value.dump(2);
        if (is_v4())
            replace(out, ": -0.0", ": 0.0");
        return true;
    }

    static std::optional<std::string> events_of_xml(const std::string& body,
                                                    std::vector<Event>& out) {
        const auto id = body.find("<EventId>");
        if (id == body.npos)
            return "Write request body invalid.";
        out.push_back({.id = uuid(std::string_view(body).substr(id + 9, 36)),
                       .type = "t",
                       .data = body,
                       .metadata = {}});
        return std::nullopt;
    }

    /// The size of the largest event, where it is over the limit.
    static std::optional<std::size_t> check_sizes(const std::vector<Event>& events) {
        std::size_t largest = 0;
        for (const Event& event : events)
            largest = std::max(largest, event.data.size() + event.metadata.size());
        return largest > 4 * 1024 * 1024 ? std::optional(largest) : std::nullopt;
    }

    // ---- reading ------------------------------------------------------------------------------

    static constexpr const char* atom = "application/vnd.eventstore.atom+json";
    static constexpr const char* description = "application/vnd.eventstore.streamdesc+json";

    [[nodiscard]] Answer found(const std::string& type, const Json& body, std::int64_t last,
                               bool cacheable, bool anyone = true) const {
        Headers headers{{"Content-Type", type + "; charset=utf-8"},
                        {"Cache-Control", cacheable ? is_v4() && anyone
                                                          ? "max-age=31536000, public"
                                                          : "max-age=31536000, private"
                                                    : "max-age=0, no-cache, must-revalidate"},
                        {"Vary", "Accept"}};
        if (last >= 0)
            headers.push_back({"ETag", "\"" + std::to_string(last) + etag_tail + "\""});
        return {"200 OK", std::move(headers),
                body.is_string() ? body.get<std::string>() : body.dump(2)};
    }

    /// Waits without the lock for something new, the given time at most.
    template <class New>
    void wait(std::chrono::milliseconds time, const std::stop_token& stop, New&& is_new) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, time, is_new);
    }

    [[nodiscard]] std::chrono::milliseconds long_poll(const Request& request) const {
        const auto* const header = request.header("ES-LongPoll");
        const auto seconds = header ? integer(*header).value_or(0) : 0;
        return options_.second * (options_.ignores_long_poll ? 0 : seconds);
    }

    Answer get_feed(const Request& request, const User& user, const Target& target,
                    const std::string& name, const std::string& where, const std::string& direction,
                    const std::string& count_text, std::unique_lock<std::mutex>& lock,
                    const std::stop_token& stop) {
        const auto* const accept = request.header("Accept");
        if (!accept || *accept == "*/*")
            return describe(request, name,
                            accept ? "406 Description Document"
                                   : "406 We are unable to represent the stream in the format "
                                     "requested.");
        const std::string& type = *accept;
        if (type != atom && type != "application/json")
            return {"406 Requested URI is not available in requested format"};
        const auto from = where == "head" ? std::optional<std::int64_t>(-1) : integer(where);
        const auto count = integer(count_text);
        if (!from || (*from < 0 && where != "head"))
            return refused("400 '" + where + "' is not valid event number");
        if (!count || *count < 1)
            return refused("400 '" + count_text +
                           "' is not valid count. Should be positive integer");
        if (*count > 4096)
            return refused("500 Read size too big, should be less than 4096 items",
                           {{"Content-Type", "text/plain; charset=utf-8"}});
        if (!may(user, name, "$r"))
            return denied(false);
        const bool forward = direction == "forward";
        const auto read = [&] {
            return forward ? streams_.forward(name, *from, *count)
                           : streams_.backward(name, *from, *count);
        };
        const auto nothing_new = [&] {
            const Part part = read();
            return part.kind != Part::Kind::deleted && part.events.empty() && part.is_end;
        };
        if (const auto time = long_poll(request); forward && time.count() > 0 && nothing_new())
            changed_.wait_for(lock, stop, time, [&] { return !nothing_new(); });
        const Part part = read();
        if (part.kind == Part::Kind::missing)
            return no_such_stream();
        if (part.kind == Part::Kind::deleted)
            return plain("410 Deleted");
        const bool is_head = forward ? part.is_end : *from < 0;
        if (const auto* const known = request.header("If-None-Match");
            known && is_head && known->starts_with("\"" + std::to_string(part.last) + ";"))
            return plain("304 Not Modified");
        return found(type, feed_of(request, target, name, part, *from, count_text, forward),
                     is_head ? part.last : -1, !is_head);
    }

    [[nodiscard]] Json feed_of(const Request& request, const Target& target,
                               const std::string& name, const Part& part, std::int64_t from,
                               const std::string& count, bool forward) const {
        const auto host = host_of(request);
        const auto self = host + "/streams/" + escaped(name);
        const auto* const resolve = request.header("ES-ResolveLinkTos");
        const bool resolves = !is_v4() || !resolve || (*resolve != "false" && *resolve != "False");
        Json made = feed("Event stream '" + name + "'", self, part, host,
                         parameter(target, "embed"), resolves ? &streams_ : nullptr);
        Json out = Json::object();
        for (const auto& [key, value] : made.items()) { // in the order of the servers
            if (key == "author")
                out["streamId"] = name;
            out[key] = value;
            if (key == "author") {
                out["headOfStream"] = forward ? part.is_end : from < 0;
                if (!forward && from < 0) {
                    out["selfUrl"] = self;
                    out["eTag"] = std::to_string(part.last) + etag_tail;
                }
            }
        }
        Json& links = out["links"];
        const auto at = [&](std::int64_t number, const char* direction) {
            return self + "/" + std::to_string(number) + "/" + direction + "/" + count;
        };
        links.push_back(link(self, "self"));
        links.push_back(link(self + "/head/backward/" + count, "first"));
        if (forward) {
            if (from > 0) {
                links.push_back(link(at(0, "forward"), "last"));
                links.push_back(link(at(from - 1, "backward"), "next"));
            }
            if (!part.is_end || !part.events.empty())
                links.push_back(link(at(part.next, "forward"), "previous"));
        } else {
            if (!part.is_end) {
                links.push_back(link(at(0, "forward"), "last"));
                links.push_back(link(at(part.next, "backward"), "next"));
            }
            const auto newest = from < 0 ? part.last : std::min(from, part.last);
            links.push_back(link(at(newest + 1, "forward"), "previous"));
        }
        if (!name.starts_with("$$"))
            links.push_back(link(self + "/metadata", "metadata"));
        finish(out);
        return out;
    }

    void finish(Json& feed) const {
        if (since(Generation::v23))
            write_nulls(feed);
        if (since(Generation::v25))
            write_author(feed, "Kurrent");
    }

    [[nodiscard]] static Answer describe(const Request& request, const std::string& name,
                                         const char* status) {
        const auto self = host_of(request) + "/streams/" + escaped(name);
        const auto list = [](const std::string& href, std::vector<std::string> types) {
            return Json{{"href", href}, {"supportedContentTypes", std::move(types)}};
        };
        const Json body{{"title", "Description document for '" + name + "'"},
                        {"description", "The description document will be presented when no accept "
                                        "header is present or it was requested"},
                        {"_links",
                         {{"self", list(self, {description})},
                          {"stream", list(self, {"application/atom+xml", atom})}}}};
        return {
            status, {{"Content-Type", std::string(description) + "; charset=utf-8"}}, body.dump(2)};
    }

    Answer get_event(const Request& request, const User& user, const std::string& name,
                     const std::string& where, std::unique_lock<std::mutex>& lock,
                     const std::stop_token& stop) {
        const auto at = where == "head" ? std::optional<std::int64_t>(-1) : integer(where);
        if (!at || (*at < 0 && where != "head"))
            return refused("400 '" + where + "' is not valid event number");
        if (!may(user, name, "$r"))
            return denied(false);
        const auto* const accept = request.header("Accept");
        const std::string type = accept ? *accept : "text/xml";
        auto event = streams_.is_tombstoned(name) ? nullptr : streams_.one(name, *at);
        if (event && event->type == "$>")
            event = streams_.target_of(*event);
        if (!event && type == "application/octet-stream") {
            if (is_v4())
                return {"408 Server was unable to handle request in time", {}, {}, true};
            if (options_.hangs)
                changed_.wait(lock, stop, [] { return false; });
            return {{}, {}, {}, true, true};
        }
        if (streams_.is_tombstoned(name)) {
            Answer answer = plain("410 Deleted");
            answer.body = "{}";
            return answer;
        }
        if (!event) {
            Answer answer = no_such_stream();
            answer.body = "{}";
            if (is_v4() && type == "application/vnd.eventstore.event+json")
                answer.headers.back().value = type + "; charset=utf-8";
            return answer;
        }
        Json body;
        if (type == atom) {
            body = entry(*event, host_of(request), "content");
        } else if (type == "application/vnd.eventstore.event+json") {
            body = content(*event);
        } else if (type == "application/json") {
            body =
                event->is_json
                    ? Json(event->data)
                    : Json(Json(event->data).dump(-1, ' ', false, Json::error_handler_t::replace));
        } else if (type == "application/octet-stream") {
            body = event->data;
        } else {
            return {"406 Requested URI is not available in requested format"};
        }
        const bool is_head = where == "head";
        Answer answer = found(type, body, is_head ? event->number : -1, !is_head);
        if (type == "application/octet-stream")
            answer.headers.front().value = type;
        return answer;
    }

    Answer get_metadata(const Request& request, const User& user, const std::string& name) {
        if (!may(user, name, "$mr"))
            return denied(false);
        if (streams_.is_tombstoned(name))
            return plain("410 Deleted");
        const auto* const accept = request.header("Accept");
        const auto last = streams_.last("$$" + name);
        if (last < 0 && streams_.last(name) < 0) {
            Answer answer = no_such_stream();
            answer.body = "{}";
            return answer;
        }
        return found(accept ? *accept : atom, streams_.metadata(name), last, false);
    }

    // ---- everything ---------------------------------------------------------------------------

    /// Positions are neither dense nor without gaps.
    static constexpr std::uint64_t first_position = 0x3C;
    static constexpr std::uint64_t position_step = 0x91;

    Answer get_all(const Request& request, const User& user, const Target& target,
                   std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
        const auto* const accept = request.header("Accept");
        const std::string type = accept ? *accept : "";
        if (type != atom && type != "application/json")
            return {"406 Requested URI is not available in requested format"};
        if (!may(user, "$all", "$r"))
            return denied(false);
        const auto& parts = target.parts;
        const bool forward = parts.size() == 5 && parts[3] == "forward";
        const auto count = parts.size() == 5 ? integer(parts[4]) : 20;
        if (!count || *count < 1 || *count > 4096 || (forward && parts[2].size() != 32))
            return refused("400 Bad Request");
        const auto& log = streams_.log();
        const auto most = static_cast<std::size_t>(*count);
        std::size_t begin = log.size() > most ? log.size() - most : 0;
        if (forward) {
            std::uint64_t commit = 0;
            std::from_chars(parts[2].data(), parts[2].data() + 16, commit, 16);
            begin = commit <= first_position
                        ? 0
                        : static_cast<std::size_t>((commit - first_position + position_step - 1) /
                                                   position_step);
            if (const auto time = long_poll(request); time.count() > 0)
                changed_.wait_for(lock, stop, time, [&] { return log.size() > begin; });
        }
        begin = std::min(begin, log.size());
        const auto end = std::min(log.size(), begin + static_cast<std::size_t>(*count));
        Part part;
        for (auto at = begin; at < end; ++at)
            part.events.push_back(log[at]);
        part.is_end = part.events.size() < static_cast<std::size_t>(*count);

        const auto host = host_of(request);
        const auto self = host + "/streams/%24all";
        const auto* const resolve = request.header("ES-ResolveLinkTos");
        const bool resolves = !is_v4() && resolve && (*resolve == "true" || *resolve == "True");
        Json made = feed("All events", self, part, host, parameter(target, "embed"),
                         resolves ? &streams_ : nullptr);
        made["headOfStream"] = false; // whatever page it is
        const auto at = [&](std::size_t index, const char* way = "/forward/") {
            return self + "/" +
                   hex_position(index == 0 ? 0 : first_position + index * position_step) + way +
                   std::to_string(*count);
        };
        made["links"].push_back(link(self, "self"));
        made["links"].push_back(link(self + "/head/backward/" + std::to_string(*count), "first"));
        if (begin > 0) {
            made["links"].push_back(link(at(0), "last"));
            made["links"].push_back(link(at(begin, "/backward/"), "next"));
        }
        if (!part.events.empty())
            made["links"].push_back(link(at(end), "previous"));
        made["links"].push_back(link(self + "/metadata", "metadata"));
        finish(made);
        const auto newest = static_cast<std::int64_t>(log.size());
        const bool is_head = part.is_end || !forward;
        return found(type, made, is_head ? newest : -1, !is_head, false);
    }

    static constexpr const char* etag_tail = ";793058150";

    const Options options_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    Streams streams_;
    std::atomic<std::size_t> requests_{0};
    loopback::Server http_; // the last one, so that nothing is served when the others are gone
};

} // namespace fake_esdb

#endif
