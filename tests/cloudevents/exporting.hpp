// SPDX-License-Identifier: MIT
// What the tests of exporting and importing share.
#ifndef EVENTSOURCING_TESTS_CLOUDEVENTS_EXPORTING_HPP
#define EVENTSOURCING_TESTS_CLOUDEVENTS_EXPORTING_HPP

#include <eventsourcing/cloudevents/export_events.hpp>
#include <eventsourcing/cloudevents/import_events.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace exporting {

namespace es = eventsourcing;

inline constexpr std::string_view source = "events://example.org/combat";

/// A file without a name, gone with this.
class File {
public:
    explicit File(std::string_view content = "") : file_(std::tmpfile(), &std::fclose) {
        REQUIRE(file_);
        REQUIRE(std::fwrite(content.data(), 1, content.size(), file_.get()) == content.size());
        std::rewind(file_.get());
    }
    operator std::FILE*() const { return file_.get(); }

    /// All that was written.
    std::string content() const {
        std::string out(static_cast<std::size_t>(std::ftell(file_.get())), '\0');
        std::rewind(file_.get());
        REQUIRE(std::fread(out.data(), 1, out.size(), file_.get()) == out.size());
        return out;
    }

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

template <class Store>
std::string exported(const Store& store) {
    const File file;
    const auto done = es::export_events(store, source, file);
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
    return file.content();
}

/// What importing this text answers.
template <class Store>
es::Result<es::Imported> import_text(std::string_view text, Store& store) {
    const File file(text);
    return es::import_events(file, store);
}

template <class Store>
void add(Store& store, es::StreamNameView stream, es::NewEvent event) {
    static std::uint64_t count = 0;
    event.id = es::Environment().new_id();
    event.recorded_at = es::Timestamp::from_unix(1'767'225'600, static_cast<std::int64_t>(++count));
    if (event.content_type.empty())
        event.content_type = "application/json";
    const auto done = store.append_unchecked(stream, es::EventBatch({&event, 1}));
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
}

/// Streams that take turns, and everything that is hard to write into a line.
template <class Store>
void fill(Store& store) {
    static constexpr std::array<std::string_view, 2> plain{"kind:ogre", "place:cave"};
    static constexpr std::array<std::string_view, 4> odd{"%", "a,b", "line\nend", "\xEF\xBF\xBF"};
    add(store, "combat-ogre",
        {.type = "combat.hit",
         .version = "1.0",
         .data = R"({"damage":1})",
         .source = "events://example.org/of-old"});
    add(store, "combat-goblin",
        {.type = "combat.hit",
         .version = "2.0",
         .data = R"({"name":"Grüße \"%\""})",
         .tags = plain});
    add(store, "combat-ogre",
        {.type = "combat.hit", .version = "1.0", .data = "{\n  \"damage\": 2\n}\n", .tags = odd});
    add(store, "combat-ogre",
        {.type = "combat.hit",
         .version = "1.0",
         .data = " [1] ",
         .metadata = "{\"$correlationId\":\"50 %\",\n\"values\":{\"k\":\"\xC2\x85\"}}"});
    add(store, "combat-goblin",
        {.type = "combat.hit", .version = "1.0", .data = "null", .source = source});
    add(store, "combat-goblin", {.type = "combat.hit", .version = "1.0", .data = "no JSON"});
    add(store, "picture-1",
        {.type = "picture.taken",
         .version = "1.0",
         .content_type = "image/png",
         .data = std::string_view("\x89PNG\r\n\0\xFF%", 9)});
    add(store, "picture-1",
        {.type = "eventsourcing.export_ended", .version = "1.0", .content_type = "image/png"});
}

/// Two events, for tests of each byte of what they become.
template <class Store>
void fill_little(Store& store) {
    static constexpr std::array<std::string_view, 1> tags{"a%b"};
    add(store, "combat-ogre",
        {.type = "combat.hit", .version = "1.0", .data = "{}", .metadata = "{}", .tags = tags});
    add(store, "combat-elf", {.type = "combat.hit", .version = "1.0", .data = " 1"});
}

template <class Store>
std::size_t event_count(const Store& store) {
    const auto page = store.read_all();
    REQUIRE(page);
    return page->records().size();
}

} // namespace exporting

#endif
