// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_EXPORT_EVENTS_HPP
#define EVENTSOURCING_CLOUDEVENTS_EXPORT_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/exported_event.hpp>
#include <eventsourcing/cloudevents/uri.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/explain_opened.hpp>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace eventsourcing {

/// What `export_events` has written; the last line says it, too.
struct Exported {
    std::uint64_t events = 0;
    /// Of all lines except the last one, in hexadecimal.
    std::string sha256{};
};

namespace detail {

inline Result<void> write_line(std::FILE* out, std::string& line, Sha256* sum) {
    line += '\n';
    if (sum)
        sum->add(line);
    if (std::fwrite(line.data(), 1, line.size(), out) == line.size() &&
        (sum || std::fflush(out) == 0))
        return {};
    return Error(errc::unavailable,
                 "export: the file can't be written: " + std::generic_category().message(errno) +
                     "; it has no last line, so no import takes it");
}

} // namespace detail

/// Writes all events of a store to `out` for `import_events`: in their order, one CloudEvent a
/// line, with everything that is stored with it. The last line has their count and checksum; a file
/// without it is invalid. Flushes at the end; syncing and closing are up to the caller.
///
/// `source` is the source of the file, a URI-reference, and of the CloudEvents of events that were
/// stored without one. Events that are appended meanwhile may be in the file or not; it has no
/// gaps.
///
/// Errors: those of reading; `unavailable` if `out` can't be written; `invalid` for a `source` that
/// is no URI-reference.
template <EventStore Store>
    requires(Store::capabilities.global_order)
[[nodiscard]] Result<Exported> export_events(const Store& store, std::string_view source,
                                             std::FILE* out, const CallOptions& call = {}) {
    if (auto good = detail::check_uri_reference("source", source); !good)
        return std::move(good).error();
    Exported done;
    detail::Sha256 sum;
    const CallOptions begun = call.begun(detail::environment_of(store));
    for (AllRead next;;) {
        auto page = detail::guarded("the store", [&] { return store.read_all(next, begun); });
        if (!page)
            return std::move(page).error();
        for (const EventRecord& record : *page) {
            auto line = detail::export_line(record, source);
            if (!line)
                return std::move(line).error();
            if (auto written = detail::write_line(out, *line, &sum); !written)
                return std::move(written).error();
            ++done.events;
        }
        if (page->at_end)
            break;
        next.after = page->last_position;
    }
    done.sha256 = sum.hex();
    auto line = detail::export_end(source, done.events, done.sha256);
    if (!line)
        return std::move(line).error();
    if (auto written = detail::write_line(out, *line, nullptr); !written)
        return std::move(written).error();
    return done;
}

/// Does not compile: says that a `Result` has to be checked first.
template <detail::ResultOfOpening R>
Result<Exported> export_events(const R& store, std::string_view source, std::FILE* out,
                               const CallOptions& call = {}) {
    return export_events(detail::opened(store), source, out, call);
}

} // namespace eventsourcing

#endif
