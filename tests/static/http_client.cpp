// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/http/client.hpp>

namespace {

namespace es = eventsourcing;

struct Good {
    es::Result<es::HttpResponse> send(const es::HttpRequest& request) const;
};
static_assert(es::HttpClient<Good>);

struct NotConst {
    es::Result<es::HttpResponse> send(const es::HttpRequest& request);
};
struct NoResult {
    es::HttpResponse send(const es::HttpRequest& request) const;
};
struct NoHandle : Good {
    NoHandle(const NoHandle&) = delete;
};
static_assert(!es::HttpClient<NotConst>);
static_assert(!es::HttpClient<NoResult>);
static_assert(!es::HttpClient<NoHandle>);
static_assert(!es::HttpClient<int>);

} // namespace
