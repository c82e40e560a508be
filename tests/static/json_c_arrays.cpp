// SPDX-License-Identifier: MIT
// C arrays, also of C arrays, are written and read: some compilers count the fields of such a
// struct in another way than others.
#include <eventsourcing/codec/json.hpp>

#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/result.hpp>

#include <string>
#include <string_view>

namespace json_c_arrays {

namespace es = eventsourcing;

struct Board {
    int a[3];
    int b[2][2];
};
struct Named {
    std::string name;
    Board boards[2];
    bool last;
};

static_assert(es::field_count<Board> == 2);
static_assert(es::field_count<Named> == 3);
static_assert(es::layout_text<Board>() == "{a:[int32;3],b:[[int32;2];2]}");
static_assert(es::layout_text<Named>() ==
              "{name:text,boards:[{a:[int32;3],b:[[int32;2];2]};2],last:bool}");

es::Result<std::string> written(const Named& named);
es::Result<std::string> written(const Named& named) {
    return es::encode_json(named);
}
es::Result<Named> read(std::string_view text);
es::Result<Named> read(std::string_view text) {
    return es::decode_json<Named>(text);
}

} // namespace json_c_arrays
