// SPDX-License-Identifier: MIT
#include <eventsourcing/store/head.hpp>

#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <chrono>
#include <thread>

using namespace notes;

namespace {

template <class T>
std::string refusal(const es::Result<T>& answer) {
    if (answer || answer.error() != es::errc::beyond_head)
        return "not refused so";
    return answer.error().message();
}

es::AppendCondition unless_written(std::optional<es::Position> after) {
    return {.fail_if_exists = {.items = {{.types = {"notes.written"}}}}, .after = after};
}

} // namespace

TEST_CASE("A position up to the head is right, one beyond it says what it is") {
    using es::detail::check_position;
    const es::Position head(7);
    CHECK(check_position({}, head, "x"));
    CHECK(check_position(es::Position(0), head, "x"));
    CHECK(check_position(es::Position(7), head, "x"));
    CHECK(check_position(es::Position(0), es::Position{}, "x"));
    CHECK(refusal(check_position(es::Position(8), head, "AllRead::after")) ==
          "AllRead::after: position 8 was given, but the last position of this store is 7; the "
          "given one is of another store, or of this one before a backup replaced it: read from "
          "the beginning");
    CHECK(refusal(check_position(es::Position(1), es::Position{}, "x")).find("x: position 1 ") ==
          0);
    CHECK(refusal(check_position(es::Position(7, 9), es::Position(7, 8), "x"))
              .find("x: position 7/9 was given, but the last position of this store is 7/8") == 0);
}

TEST_CASE("A position beyond the head is refused in a reading, a condition and a wait") {
    es::MemoryStore store;
    REQUIRE(store.append_unchecked("notes-1", one().batch()));
    const es::Position beyond(2);
    CHECK(refusal(store.read_all({.after = beyond})).find("AllRead::after: position 2 ") == 0);
    CHECK(refusal(store.append("notes-2", no_stream, one().batch(), unless_written(beyond)))
              .find("AppendCondition::after: position 2 ") == 0);
    CHECK(refusal(store.wait_for_append(beyond)).find("wait_for_append: position 2 ") == 0);
    CHECK(told(store, "notes-2").empty());

    const es::Position head(1);
    CHECK(store.read_all({.after = head})->empty());
    CHECK(store.append("notes-2", no_stream, one().batch(), unless_written(head)));
}

TEST_CASE(
    "A condition that fails anyway, or a retry, is answered before its position is looked at") {
    es::MemoryStore store;
    const auto note = one();
    const auto done = store.append("notes-1", no_stream, note.batch());
    REQUIRE(done);
    const auto beyond = unless_written(es::Position(9));
    CHECK(*store.append("notes-1", no_stream, note.batch(), beyond) == *done);
    CHECK(store.append("notes-1", no_stream, one().batch(), beyond).error() == es::errc::conflict);
}

TEST_CASE("Each memory store has an id of its own, which its handles share until it is closed") {
    es::MemoryStore store;
    const es::MemoryStore handle = store;
    CHECK_FALSE(store.store_id()->is_nil());
    CHECK(*store.store_id() == *handle.store_id());
    CHECK(*store.store_id() != *es::MemoryStore{}.store_id());
    store.close();
    CHECK(handle.store_id().error() == es::errc::closed);
    CHECK(handle.wait_for_append(es::Position(9)).error() == es::errc::closed);
}
