# Envoy and its API, made by api/envoy/build.sh outside of the build tree and shared by all of them.
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/api/envoy/build.sh OUTPUT_VARIABLE ENVOY_API_DIR
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${CMAKE_SOURCE_DIR}/api/envoy/build.sh ${CMAKE_SOURCE_DIR}/api/envoy/roots.txt
             ${CMAKE_SOURCE_DIR}/api/envoy/version.txt ${CMAKE_SOURCE_DIR}/api/envoy/descriptors.py)
set(ENVOY_BINARY ${ENVOY_API_DIR}/envoy)
file(CREATE_LINK ${ENVOY_API_DIR}/envoy ${CMAKE_BINARY_DIR}/envoy SYMBOLIC)

add_library(envoy_api STATIC IMPORTED)
set_target_properties(envoy_api PROPERTIES IMPORTED_LOCATION ${ENVOY_API_DIR}/lib/libenvoy_api.a)
target_include_directories(envoy_api SYSTEM INTERFACE ${ENVOY_API_DIR}/gen)
target_link_libraries(envoy_api INTERFACE protobuf::libprotobuf)
add_library(envoy_ads STATIC IMPORTED)
set_target_properties(envoy_ads PROPERTIES IMPORTED_LOCATION ${ENVOY_API_DIR}/lib/libenvoy_ads.a)
target_link_libraries(envoy_ads INTERFACE envoy_api gRPC::grpc++)
