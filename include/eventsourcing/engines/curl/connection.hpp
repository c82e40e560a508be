// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_CURL_CONNECTION_HPP
#define EVENTSOURCING_ENGINES_CURL_CONNECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/curl/options.hpp>
#include <eventsourcing/engines/http/message.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <curl/curl.h>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::curl {

/// Initialises libcurl, once in a process; false if that failed.
inline bool global_init() {
    static const bool done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return done;
}

/// Frees an object of libcurl with the function for its kind; its handles all have one type.
template <auto Function>
struct Frees {
    void operator()(auto* made) const { Function(made); }
};
using HeaderList = std::unique_ptr<curl_slist, Frees<curl_slist_free_all>>;

/// One request at a time, on connections that are kept for the next one. For one thread at a time.
class Connection {
public:
    explicit Connection(const CurlOptions& options)
        : options_(options),
          multi_(global_init() ? curl_multi_init() : nullptr),
          easy_(multi_ ? curl_easy_init() : nullptr) {
        if (!easy_)
            return;
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_PROXY, options_.proxy.c_str());
        set(CURLOPT_SSL_VERIFYPEER, options_.tls_verify ? 1L : 0L);
        set(CURLOPT_SSL_VERIFYHOST, options_.tls_verify ? 2L : 0L);
        if (!options_.ca_file.empty())
            set(CURLOPT_CAINFO, options_.ca_file.c_str());
        if (!options_.cert_file.empty())
            set(CURLOPT_SSLCERT, options_.cert_file.c_str());
        if (!options_.key_file.empty())
            set(CURLOPT_SSLKEY, options_.key_file.c_str());
        set(CURLOPT_ERRORBUFFER, error_.data());
        set(CURLOPT_WRITEFUNCTION, &Connection::take_body);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_HEADERFUNCTION, &Connection::take_header);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_PREREQFUNCTION, &Connection::begin_request);
        set(CURLOPT_PREREQDATA, this);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request) {
        if (!easy_)
            return Error(errc::not_sent, "libcurl could not be initialised");
        if (auto good = check_http_request(request); !good)
            return std::move(good).error();
        if (request.stop.stop_requested())
            return errc::cancelled;
        const auto now = environment().steady_now();
        const auto deadline = request.deadline.value_or(later(now, options_.timeout));
        // rounded up, so that no request ends before its deadline
        const auto time = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
        if (time.count() <= 0)
            return errc::timed_out;
        const auto headers = header_list(request);
        if (!headers)
            return Error(errc::not_sent, "out of memory");
        prepare(request, headers.get(), time);
        return answer(request, perform(request.stop, deadline));
    }

private:
    static constexpr CURLcode stopped = CURLE_ABORTED_BY_CALLBACK;

    template <class T>
    void set(CURLoption option, T value) {
        curl_easy_setopt(easy_.get(), option, value);
    }

    [[nodiscard]] const Environment& environment() const { return options_.environment; }

    /// The request's headers; those that libcurl would add by itself are switched off.
    static HeaderList header_list(const HttpRequest& request) {
        HeaderList list;
        const auto add = [&list](const std::string& line) {
            curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
            if (longer) {
                static_cast<void>(list.release());
                list.reset(longer);
            }
            return longer != nullptr;
        };
        std::string line;
        for (const MessageHeader& header : request.headers) {
            line = header.name;
            if (header.value.empty())
                line += ';'; // how libcurl writes an empty one
            else
                line.append(": ").append(header.value);
            if (!add(line))
                return nullptr;
        }
        const auto has = [&](std::string_view name) {
            return std::any_of(
                request.headers.begin(), request.headers.end(), [&](const MessageHeader& header) {
                    return header.name.size() == name.size() &&
                           std::equal(name.begin(), name.end(), header.name.begin(),
                                      [](char a, char b) { return to_lower(a) == to_lower(b); });
                });
        };
        for (const char* const name : {"Accept", "Content-Type", "Expect"})
            if (!has(name) && !add(std::string(name) + ":"))
                return nullptr;
        return list;
    }

    void prepare(const HttpRequest& request, curl_slist* headers, std::chrono::milliseconds time) {
        response_ = {};
        too_large_ = false;
        head_is_whole_ = false;
        begun_ = 0;
        error_[0] = '\0';
        const std::string url(request.url); // terminated by a null
        const std::string method(request.method);
        set(CURLOPT_URL, url.c_str());
        if (method == "HEAD") {
            set(CURLOPT_CUSTOMREQUEST, nullptr);
            set(CURLOPT_NOBODY, 1L);
        } else {
            if (request.body.empty() && method != "POST" && method != "PUT") {
                set(CURLOPT_HTTPGET, 1L);
            } else {
                set(CURLOPT_POST, 1L);
                set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
                set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            }
            set(CURLOPT_CUSTOMREQUEST, method.c_str());
        }
        set(CURLOPT_HTTPHEADER, headers);
        // Over TLS what the server agrees to; in clear text no upgrade.
        set(CURLOPT_HTTP_VERSION,
            narrowed<long>(url.starts_with("https:") ? CURL_HTTP_VERSION_2TLS
                                                     : CURL_HTTP_VERSION_1_1));
        // `perform` looks at a clock that is moved
        set(CURLOPT_TIMEOUT_MS, environment().is_system() ? narrowed<long>(time.count()) : 0L);
        set(CURLOPT_CONNECTTIMEOUT_MS,
            narrowed<long>(std::min(time, options_.connect_timeout).count()));
    }

    /// Runs the transfer to its end, or until the deadline or a stop.
    CURLcode perform(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline) {
        CURLM* const multi = multi_.get();
        if (curl_multi_add_handle(multi, easy_.get()) != CURLM_OK)
            return CURLE_FAILED_INIT;
        const auto wake = [multi] { curl_multi_wakeup(multi); };
        const std::stop_callback on_stop(stop, wake);
        const OnTimeChange on_time_change(environment(), wake);
        CURLcode code = CURLE_FAILED_INIT;
        for (int running = 1;;) {
            if (curl_multi_perform(multi, &running) != CURLM_OK)
                break;
            if (running == 0) {
                int left = 0;
                if (const CURLMsg* const message = curl_multi_info_read(multi, &left))
                    code = message->data.result;
                break;
            }
            if (stop.stop_requested()) {
                code = stopped;
                break;
            }
            if (!environment().is_system() && environment().steady_now() >= deadline) {
                code = CURLE_OPERATION_TIMEDOUT;
                break;
            }
            if (curl_multi_poll(multi, nullptr, 0, 1'000, nullptr) != CURLM_OK)
                break;
        }
        curl_multi_remove_handle(multi, easy_.get());
        return code;
    }

    [[nodiscard]] Result<HttpResponse> answer(const HttpRequest& request, CURLcode code) {
        if (code == CURLE_OK && head_is_whole_) {
            long status = 0;
            curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
            response_.status = static_cast<int>(status);
            response_.sent_again = begun_ > 1;
            return std::move(response_);
        }
        long bytes = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &bytes);
        const bool sent = bytes > 0;
        const auto what = std::string(request.method) + " " + std::string(request.url) + ": ";
        if (too_large_)
            return Error(errc::too_large, what + "the response is over " +
                                              std::to_string(options_.max_response_size) + " bytes")
                .with_outcome(Outcome::unknown);
        const std::string why = code == CURLE_OK
                                    ? std::string("the connection was closed within its headers")
                                : error_[0] != '\0' ? std::string(error_.data())
                                                    : std::string(curl_easy_strerror(code));
        if (sent)
            return Error(errc::unknown_outcome,
                         what + "it was sent, and no whole response came" +
                             (code == stopped ? std::string(" before the stop") : ": " + why));
        if (code == stopped)
            return Error(errc::cancelled, what + "stopped before anything was sent");
        if (code == CURLE_OPERATION_TIMEDOUT && request.deadline &&
            environment().steady_now() >= *request.deadline)
            return Error(errc::timed_out, what + "nothing was sent: " + why);
        if (code == CURLE_PEER_FAILED_VERIFICATION)
            return Error(errc::denied,
                         what +
                             "nothing was sent, because the server's certificate is not "
                             "trusted: " +
                             why);
        if (code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM)
            return Error(errc::invalid, what +
                                            "nothing was sent, because a certificate file can't be "
                                            "used: " +
                                            why);
        if (code == CURLE_URL_MALFORMAT)
            return Error(errc::invalid, what + "nothing was sent: " + why);
        return Error(errc::not_sent, what + "nothing was sent: " + why);
    }

    /// libcurl sends a request again if it finds a kept connection closed.
    static int begin_request(void* self, char* /*to*/, char* /*from*/, int /*port*/,
                             int /*own_port*/) {
        ++static_cast<Connection*>(self)->begun_;
        return CURL_PREREQFUNC_OK;
    }

    static std::size_t take_body(char* bytes, std::size_t /*one*/, std::size_t size, void* self) {
        auto& connection = *static_cast<Connection*>(self);
        std::string& body = connection.response_.body;
        if (size > connection.options_.max_response_size - body.size()) {
            connection.too_large_ = true;
            return 0;
        }
        EVENTSOURCING_TRY {
            body.append(bytes, size);
        }
        EVENTSOURCING_CATCH(...) { // an exception must not pass through C
            return 0;
        }
        return size;
    }

    static std::size_t take_header(char* bytes, std::size_t /*one*/, std::size_t size, void* self) {
        EVENTSOURCING_TRY {
            static_cast<Connection*>(self)->add_header({bytes, size});
        }
        EVENTSOURCING_CATCH(...) {
            return 0;
        }
        return size;
    }

    static std::string_view trimmed(std::string_view text) {
        const auto is_blank = [](char c) {
            return c == ' ' || c == '\t' || c == '\r' || c == '\n';
        };
        while (!text.empty() && is_blank(text.front()))
            text.remove_prefix(1);
        while (!text.empty() && is_blank(text.back()))
            text.remove_suffix(1);
        return text;
    }

    void add_header(std::string_view line) {
        if (line.starts_with("HTTP/")) { // headers before it were of an interim response
            response_ = {};
            head_is_whole_ = false;
            const auto code = line.find(' ');
            const auto phrase = code == line.npos ? code : line.find(' ', code + 1);
            if (phrase != line.npos)
                response_.reason = trimmed(line.substr(phrase));
            return;
        }
        head_is_whole_ = head_is_whole_ || trimmed(line).empty();
        const auto colon = line.find(':');
        if (colon != line.npos)
            response_.headers.push_back({std::string(trimmed(line.substr(0, colon))),
                                         std::string(trimmed(line.substr(colon + 1)))});
    }

    const CurlOptions options_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    HttpResponse response_;
    bool too_large_ = false;
    /// libcurl takes a response that ends within its headers for a complete one.
    bool head_is_whole_ = false;
    int begun_ = 0; // how often this request was begun
    std::unique_ptr<CURLM, Frees<curl_multi_cleanup>> multi_;
    std::unique_ptr<CURL, Frees<curl_easy_cleanup>> easy_; // closed before the other
};

} // namespace eventsourcing::detail::curl

#endif
